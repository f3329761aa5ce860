import { isJsonObject } from './json-object.ts';
import type { TrustedIssuer } from './trusted-issuer.ts';

export interface Grants {
  readonly roles: readonly string[];
  readonly permissions: readonly string[];
}

/** The roles and permissions of a verified token. A claim that is absent or of another shape grants nothing. */
export function readGrants(
  claims: Readonly<Record<string, unknown>>,
  issuer: Pick<TrustedIssuer, 'rolesClaim' | 'permissionsClaim' | 'roleNames'>,
): Grants {
  const named = namesAt(claims, issuer.rolesClaim);
  const { roleNames } = issuer;
  return {
    roles:
      roleNames === undefined
        ? named
        : named.flatMap((name) => {
            const ours = roleNames.get(name);
            return ours === undefined ? [] : [ours];
          }),
    permissions: namesAt(claims, issuer.permissionsClaim),
  };
}

function namesAt(claims: Readonly<Record<string, unknown>>, path: readonly string[]): string[] {
  let value: unknown = claims;
  for (const name of path) {
    value = isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  }
  if (typeof value === 'string') return value.split(' ').filter((name) => name !== '');
  if (!Array.isArray(value)) return [];
  return value.filter((name) => typeof name === 'string' && name !== '');
}
