import type { User } from './user-store.ts';

/** What happened to users between two readings, as far as it concerns tokens already issued. */
export type UserChange =
  | { readonly kind: 'signedOut'; readonly name: string }
  | { readonly kind: 'roles'; readonly name: string; readonly roles: readonly string[] };

/**
 * Compares two readings of a user store. Who is gone, disabled or has another password is signed out
 * everywhere; who has other roles keeps the session with the new ones.
 */
export function findUserChanges(
  before: readonly User[],
  after: readonly User[],
): readonly UserChange[] {
  const now = new Map(after.map((user) => [user.name, user]));
  return before.flatMap((old): UserChange[] => {
    const user = now.get(old.name);
    const { name } = old;
    if (user === undefined || (user.disabled && !old.disabled))
      return [{ kind: 'signedOut', name }];
    if (user.passwordHash !== old.passwordHash) return [{ kind: 'signedOut', name }];
    const sameRoles =
      user.roles.length === old.roles.length &&
      user.roles.every((role) => old.roles.includes(role));
    return sameRoles ? [] : [{ kind: 'roles', name, roles: user.roles }];
  });
}
