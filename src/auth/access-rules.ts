import type { Method } from '../contract/method.ts';
import type { Access } from '../contract/policy.ts';
import type { Identity } from './identity.ts';
import { authorise, grantWithoutAccessControl, type Permit } from './permit.ts';
import type { RoleTable } from './role-table.ts';

/** Who may call what in this deployment. Immutable: a reload builds new rules. */
export interface AccessRules {
  /** The rule of a method, the deployment's before the contract's. Undefined: nobody may call it. */
  accessOf(method: Pick<Method, 'rpcPath' | 'policy'>): Access | undefined;
  /** Throws UNAUTHENTICATED or PERMISSION_DENIED. */
  permit(method: Method, identity: Identity): Permit;
}

export interface AccessRulesOptions {
  /** `off` permits everybody everything. */
  readonly mode: 'on' | 'off';
  readonly roles: RoleTable;
  /** By `package.Service/Method` or `package.Service/*`. */
  readonly overrides: Readonly<Record<string, Access>>;
}

export function createAccessRules({ mode, roles, overrides }: AccessRulesOptions): AccessRules {
  const byName = new Map(Object.entries(overrides));

  function accessOf({ rpcPath, policy }: Pick<Method, 'rpcPath' | 'policy'>): Access | undefined {
    if (byName.size === 0) return policy.access;
    const name = rpcPath.slice(1);
    const service = name.slice(0, name.indexOf('/'));
    return byName.get(name) ?? byName.get(`${service}/*`) ?? policy.access;
  }

  return {
    accessOf,
    permit:
      mode === 'off'
        ? (_method, identity) => grantWithoutAccessControl(identity)
        : (method, identity) => authorise(accessOf(method), identity, roles),
  };
}
