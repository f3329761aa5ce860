import type { Access } from '../contract/policy.ts';
import { type Identity, isAnonymous } from './identity.ts';
import { permissionDenied, unauthenticated } from './refusal.ts';
import type { RoleTable } from './role-table.ts';

/**
 * Proof that a call was authorised. Steps that reach a backend take one, so a path that forgot to ask
 * does not compile: the class is private to this file and nothing else can make one.
 */
class GrantedPermit {
  readonly identity: Identity;
  /** True where everyone may call, so that answers may be shared between callers. */
  readonly everyone: boolean;
  /** Makes the type nominal. */
  readonly #granted = true;

  constructor(identity: Identity, everyone: boolean) {
    this.identity = identity;
    this.everyone = everyone;
  }

  /** What a shared stream or a cached answer must be kept apart by; equal for callers who may share. */
  get sharingKey(): string {
    return this.#granted && this.everyone
      ? ''
      : `${this.identity.issuer} ${this.identity.subject} ${this.identity.roles.join(',')}`;
  }
}

export type Permit = GrantedPermit;

/**
 * Decides whether `identity` may call a method with this access rule. No rule means nobody may.
 * @throws WeirError UNAUTHENTICATED when a caller without credentials would need some, PERMISSION_DENIED otherwise.
 */
export function authorise(
  access: Access | undefined,
  identity: Identity,
  roleTable: RoleTable,
): Permit {
  if (access === undefined) {
    throw permissionDenied(
      'ACCESS_UNDECLARED',
      'Nobody may call this method: neither its contract nor the configuration says who may.',
    );
  }
  if (access.rule === 'public') return new GrantedPermit(identity, true);
  if (isAnonymous(identity)) {
    throw unauthenticated('CREDENTIALS_MISSING', 'This method needs a caller who has signed in.');
  }
  if (access.rule === 'roles') {
    const roles = roleTable.rolesOf(identity);
    if (!access.names.some((name) => roles.has(name))) {
      throw permissionDenied(
        'ROLE_MISSING',
        `This method needs the role ${access.names.map(quote).join(' or ')}.`,
      );
    }
  }
  if (access.rule === 'permissions') {
    const permissions = roleTable.permissionsOf(identity);
    const missing = access.names.filter((name) => !permissions.has(name));
    if (missing.length > 0) {
      throw permissionDenied(
        'PERMISSION_MISSING',
        `This method needs the permission ${missing.map(quote).join(' and ')}.`,
      );
    }
  }
  return new GrantedPermit(identity, false);
}

/** The permit of a gateway whose operator switched access control off. */
export function grantWithoutAccessControl(identity: Identity): Permit {
  return new GrantedPermit(identity, true);
}

function quote(name: string): string {
  return `"${name}"`;
}
