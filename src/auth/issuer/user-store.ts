/** Somebody who may sign in with a password. */
export interface User {
  readonly name: string;
  /** An argon2id PHC string. */
  readonly passwordHash: string;
  readonly roles: readonly string[];
  readonly disabled: boolean;
}

/** Where users come from. */
export interface UserStore {
  find(name: string): Promise<User | undefined>;
  list(): Promise<readonly User[]>;
}

/** The users that stand in the configuration. Immutable: a reload builds a new store. */
export function createFixedUsers(users: readonly User[]): UserStore {
  const byName = new Map(users.map((user) => [user.name, user]));
  return {
    find: async (name) => byName.get(name),
    list: async () => users,
  };
}
