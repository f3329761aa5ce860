import { openSqlite } from './open-sqlite.ts';
import type { User, UserStore } from './user-store.ts';

export interface SqliteUsers extends UserStore {
  /** Adds a user or replaces all of one. */
  put(user: User): void;
  /**
   * Calls `listener` when another process (`weir user …`) has written to the file. SQLite tells by a
   * counter that costs a few microseconds to read, so it is asked every `everyMs`. Returns what ends it.
   */
  watch(listener: () => void, everyMs: number): () => void;
  close(): void;
}

/** Users in an SQLite file, created when it is not there. `:memory:` keeps them nowhere. */
export function openSqliteUsers(path: string): SqliteUsers {
  const database = openSqlite(
    path,
    `
    CREATE TABLE IF NOT EXISTS users (
      name TEXT PRIMARY KEY,
      password_hash TEXT NOT NULL,
      roles TEXT NOT NULL,
      disabled INTEGER NOT NULL
    ) STRICT;
  `,
  );
  const byName = database.prepare('SELECT * FROM users WHERE name = ?');
  const all = database.prepare('SELECT * FROM users ORDER BY name');
  const upsert = database.prepare('INSERT OR REPLACE INTO users VALUES (?, ?, ?, ?)');
  const version = database.prepare('PRAGMA data_version');

  return {
    find: async (name) => toUser(byName.get(name)),
    list: async () => all.all().flatMap((row) => toUser(row) ?? []),
    put({ name, passwordHash, roles, disabled }) {
      upsert.run(name, passwordHash, JSON.stringify(roles), Number(disabled));
    },
    watch(listener, everyMs) {
      let seen = version.get()?.data_version;
      const timer = setInterval(() => {
        const current = version.get()?.data_version;
        if (current === seen) return;
        seen = current;
        listener();
      }, everyMs);
      timer.unref();
      return () => clearInterval(timer);
    },
    close: () => database.close(),
  };
}

function toUser(row: Record<string, unknown> | undefined): User | undefined {
  if (row === undefined) return undefined;
  const roles: unknown = JSON.parse(String(row.roles));
  return {
    name: String(row.name),
    passwordHash: String(row.password_hash),
    roles: Array.isArray(roles) ? roles.map(String) : [],
    disabled: row.disabled === 1,
  };
}
