import type { IncomingHttpHeaders } from 'node:http';
import type { Authenticator } from '../auth/authenticator.ts';
import type { CallerHeaders } from '../auth/credentials/read-credential.ts';
import { type Identity, isAnonymous } from '../auth/identity.ts';
import { permissionDenied, unauthenticated } from '../auth/refusal.ts';
import type { RoleTable } from '../auth/role-table.ts';
import type { AdminConfig, AuthConfig } from '../config/schema.ts';
import { WeirError } from '../errors.ts';
import type { Peer } from '../pipeline/call.ts';
import { requireOwnPage } from './require-own-page.ts';

export interface AdminAccessOptions {
  readonly config: AdminConfig;
  readonly authMode: AuthConfig['mode'];
  readonly authenticate: Authenticator;
  readonly roles: RoleTable;
}

export interface AdminAccess {
  /** Who asks, as verified. @throws WeirError UNAUTHENTICATED */
  identify(method: string | undefined, headers: CallerHeaders, peer: Peer): Promise<Identity>;
  /** @throws WeirError UNAUTHENTICATED or PERMISSION_DENIED, saying how to come in. */
  admit(identity: Identity, headers: IncomingHttpHeaders): void;
}

/** Who may administer this gateway: callers with the configured permission, and nobody else. */
export function createAdminAccess(options: AdminAccessOptions): AdminAccess {
  const { authMode, authenticate, roles } = options;
  const { permission, whenAuthOff, hosts } = options.config;

  return {
    async identify(method, headers, { certificate, address }) {
      return authenticate({ headers, certificate, address, needsCsrfToken: method !== 'GET' });
    },
    admit(identity, headers) {
      if (authMode === 'off') {
        if (whenAuthOff === 'open') {
          requireOwnPage(headers, hosts);
          return;
        }
        throw new WeirError(
          'PERMISSION_DENIED',
          `Nobody may administer this gateway, because auth.mode is off and so nobody's permissions are known. Set auth.mode to on and give a role the permission "${permission}"; or, where only you can reach it, set admin.whenAuthOff to open.`,
        );
      }
      if (isAnonymous(identity)) {
        throw unauthenticated(
          'CREDENTIALS_MISSING',
          `Sign in as somebody with the permission "${permission}".`,
        );
      }
      if (!roles.permissionsOf(identity).has(permission)) {
        throw permissionDenied(
          'PERMISSION_MISSING',
          `This needs the permission "${permission}", which a role gets under auth.roles.`,
        );
      }
    },
  };
}
