import type { IncomingMessage } from 'node:http';
import type { AuditAction, AuditLog } from '../../auth/audit-log.ts';
import type { Authenticator } from '../../auth/authenticator.ts';
import type { Tickets } from '../../auth/credentials/tickets.ts';
import type { FailedAttempts } from '../../auth/failed-attempts.ts';
import type { Identity } from '../../auth/identity.ts';
import type { Issuer } from '../../auth/issuer/issuer.ts';
import type { SigningKeys } from '../../auth/issuer/signing-keys.ts';
import type { LiveAccess } from '../../auth/revocation/live-access.ts';
import type { RoleTable } from '../../auth/role-table.ts';
import { WeirError } from '../../errors.ts';
import type { Peer } from '../../pipeline/call.ts';
import type { UnfinishedBodies } from '../unfinished-bodies.ts';
import type { CookieSettings } from './session-cookies.ts';

export interface AuthFrontOptions {
  readonly authenticate: Authenticator;
  readonly access: LiveAccess;
  readonly tickets: Tickets;
  readonly keys: SigningKeys;
  readonly issuer: Issuer | undefined;
  readonly roles: RoleTable;
  /** `off`: everybody may call everything, and nobody needs to sign in. */
  readonly accessControl: 'on' | 'off';
  readonly audit: AuditLog;
  readonly failures: FailedAttempts;
  readonly unfinished: UnfinishedBodies;
  readonly cookies: Omit<CookieSettings, 'authPath'>;
  readonly peerOf: (request: IncomingMessage) => Peer;
  readonly requestIdOf: (request: IncomingMessage) => string;
}

/** One request to the endpoints, and what its answer may need. */
export interface AuthRequest {
  readonly request: IncomingMessage;
  readonly peer: Peer;
  readonly requestId: string;
  /** What follows the endpoint's path, without a slash. */
  readonly rest: string;
  readonly options: AuthFrontOptions;
  readonly cookies: CookieSettings;
  /** Who is asking, as soon as an endpoint knows; for the audit stream. */
  actor: string | undefined;
  identify(): Promise<Identity>;
  record(action: AuditAction, target?: string): void;
}

export interface AuthAnswer {
  readonly status: number;
  readonly body?: object;
  readonly cookies?: readonly string[];
}

export function requireIssuer({ options }: AuthRequest): Issuer {
  if (options.issuer !== undefined) return options.issuer;
  throw new WeirError(
    'UNIMPLEMENTED',
    'Weir is not its own identity provider here: `auth.builtIn` is not configured.',
  );
}
