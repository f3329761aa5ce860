import { closeSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { UserError } from '../../lib/user-error.ts';

/**
 * Opens an SQLite file with these tables. Where it is not there it is created, readable by its owner alone,
 * for it holds password hashes or signing keys. `:memory:` is kept nowhere.
 *
 * Write-ahead logging lets `weir user` write while a gateway reads; 5 s is SQLite's customary patience.
 * @throws UserError when the file cannot be had, or is no database.
 */
export function openSqlite(path: string, tables: string): DatabaseSync {
  try {
    // SQLite gives its other files the mode of this one.
    if (path !== ':memory:') closeSync(openSync(path, 'a', 0o600));
    const database = new DatabaseSync(path);
    database.exec(`PRAGMA journal_mode = WAL; PRAGMA busy_timeout = 5000; ${tables}`);
    return database;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UserError(
      `The SQLite file ${path} cannot be used: ${reason}. Its folder must be there and writable.`,
      [],
      { cause },
    );
  }
}
