import type { Identity } from './identity.ts';

export interface RoleDefinition {
  readonly permissions: readonly string[];
  /** Roles whose permissions and whose name this role has as well. */
  readonly inherits: readonly string[];
}

interface Effective {
  readonly roles: ReadonlySet<string>;
  readonly permissions: ReadonlySet<string>;
}

/**
 * What roles mean in this deployment. A role that is not defined means just its own name.
 * Immutable: a reload builds a new table.
 */
export class RoleTable {
  readonly #byRole = new Map<string, Effective>();
  /** Keyed by the identity itself: identities are frozen and live as long as their token is remembered. */
  readonly #byIdentity = new WeakMap<Identity, Effective>();

  /** Throws where a role inherits from one that does not exist, or from itself by any path. */
  constructor(definitions: Readonly<Record<string, RoleDefinition>>) {
    for (const name of Object.keys(definitions)) this.#resolve(name, definitions, []);
  }

  /** Every role the identity has, inherited ones included. */
  rolesOf(identity: Identity): ReadonlySet<string> {
    return this.#effective(identity).roles;
  }

  /** Every permission the identity has: by its roles and by its token. */
  permissionsOf(identity: Identity): ReadonlySet<string> {
    return this.#effective(identity).permissions;
  }

  #effective(identity: Identity): Effective {
    let effective = this.#byIdentity.get(identity);
    if (effective === undefined) {
      const roles = new Set<string>();
      const permissions = new Set(identity.permissions);
      for (const name of identity.roles) {
        roles.add(name);
        for (const role of this.#byRole.get(name)?.roles ?? []) roles.add(role);
        for (const permission of this.#byRole.get(name)?.permissions ?? []) {
          permissions.add(permission);
        }
      }
      effective = { roles, permissions };
      this.#byIdentity.set(identity, effective);
    }
    return effective;
  }

  #resolve(
    name: string,
    definitions: Readonly<Record<string, RoleDefinition>>,
    path: readonly string[],
  ): Effective {
    const known = this.#byRole.get(name);
    if (known !== undefined) return known;
    if (path.includes(name)) {
      throw new Error(`Role "${name}" inherits from itself: ${[...path, name].join(' → ')}.`);
    }
    const definition = Object.hasOwn(definitions, name) ? definitions[name] : undefined;
    if (definition === undefined) {
      throw new Error(`Role "${path.at(-1)}" inherits from "${name}", which is not defined.`);
    }
    const roles = new Set([name]);
    const permissions = new Set(definition.permissions);
    for (const parent of definition.inherits) {
      const inherited = this.#resolve(parent, definitions, [...path, name]);
      for (const role of inherited.roles) roles.add(role);
      for (const permission of inherited.permissions) permissions.add(permission);
    }
    const effective = { roles, permissions };
    this.#byRole.set(name, effective);
    return effective;
  }
}
