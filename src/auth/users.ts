import type { AuthConfig } from '../config/schema.ts';
import { openSqliteUsers } from './issuer/sqlite-users.ts';
import { findUserChanges, type UserChange } from './issuer/user-changes.ts';
import { createFixedUsers, type User, type UserStore } from './issuer/user-store.ts';

/** How often the user file is asked whether `weir user` wrote to it: half of the second that is promised. */
const WATCH_EVERY_MS = 500;

export interface Users extends UserStore {
  /** Tells of changes that concern tokens already issued. */
  watch(onChange: (change: UserChange) => void, onError: (error: unknown) => void): Promise<void>;
  close(): void;
}

/** The users of the configuration, and of the user file where there is one; the former come first. */
export function openUsers(config: NonNullable<AuthConfig['builtIn']>): Users {
  const fixed = createFixedUsers(config.users);
  if (config.userFile === undefined) return { ...fixed, watch: async () => {}, close: () => {} };
  const file = openSqliteUsers(config.userFile);
  let stopWatching = () => {};
  let before: readonly User[] = [];

  async function compare(onChange: (change: UserChange) => void): Promise<void> {
    const after = await file.list();
    const changes = findUserChanges(before, after);
    before = after;
    for (const change of changes) onChange(change);
  }

  return {
    find: async (name) => (await fixed.find(name)) ?? file.find(name),
    list: async () => [...(await fixed.list()), ...(await file.list())],
    async watch(onChange, onError) {
      before = await file.list();
      stopWatching = file.watch(() => void compare(onChange).catch(onError), WATCH_EVERY_MS);
    },
    close() {
      stopWatching();
      file.close();
    },
  };
}
