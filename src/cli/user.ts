import { hashPassword } from '../auth/issuer/password-hash.ts';
import { openSqliteUsers, type SqliteUsers } from '../auth/issuer/sqlite-users.ts';
import type { User } from '../auth/issuer/user-store.ts';
import { loadConfig } from '../config/load-config.ts';
import { UserError } from '../lib/user-error.ts';
import { readPassword } from './read-password.ts';
import { formatTable } from './table.ts';

/** `weir user add`: a new user of the user file; the password comes from standard input. */
export async function addUser(config: string, name: string, roles: readonly string[]) {
  await withUsers(config, async (users) => {
    if ((await users.find(name)) !== undefined) {
      throw new UserError(`There is a user "${name}" already; use passwd, roles or enable.`);
    }
    const passwordHash = await hashPassword(await readPassword());
    users.put({ name, passwordHash, roles, disabled: false });
    console.log(`Added ${name}.`);
  });
}

/** `weir user passwd`: another password; every session of the user ends within a second. */
export async function changePassword(config: string, name: string) {
  const passwordHash = await hashPassword(await readPassword());
  await changeUser(config, name, { passwordHash });
  console.log(`${name} has a new password and is signed out everywhere.`);
}

/** `weir user roles`: other roles, which open streams and issued tokens have within a second. */
export async function changeRoles(config: string, name: string, roles: readonly string[]) {
  await changeUser(config, name, { roles });
  console.log(`${name} has the roles: ${roles.join(', ') || 'none'}.`);
}

/** `weir user disable` and `enable`: whether the user may sign in; disabling ends every session. */
export async function setDisabled(config: string, name: string, disabled: boolean) {
  await changeUser(config, name, { disabled });
  console.log(disabled ? `${name} is disabled and signed out everywhere.` : `${name} is enabled.`);
}

/** `weir user list`: the users of the configuration and of the user file. */
export async function listUsers(configFile: string) {
  const { builtIn } = loadConfig(configFile).auth;
  const rows = (builtIn?.users ?? []).map((user) => toRow(user, 'configuration'));
  if (builtIn?.userFile !== undefined) {
    await withUsers(configFile, async (users) => {
      for (const user of await users.list()) rows.push(toRow(user, 'user file'));
    });
  }
  console.log(formatTable(['name', 'roles', 'state', 'kept in'], rows));
}

/** `weir user hash`: what goes under `auth.builtIn.users[].passwordHash`. */
export async function printPasswordHash() {
  console.log(await hashPassword(await readPassword()));
}

function toRow({ name, roles, disabled }: Omit<User, 'passwordHash'>, keptIn: string): string[] {
  return [name, roles.join(', ') || 'none', disabled ? 'disabled' : 'enabled', keptIn];
}

async function changeUser(config: string, name: string, changes: Partial<User>): Promise<void> {
  await withUsers(config, async (users) => {
    const user = await users.find(name);
    if (user === undefined) {
      const known = (await users.list()).map((each) => each.name).join(', ') || 'nobody';
      throw new UserError(`There is no user "${name}" in the user file; it has ${known}.`);
    }
    users.put({ ...user, ...changes });
  });
}

async function withUsers(
  configFile: string,
  use: (users: SqliteUsers) => Promise<void>,
): Promise<void> {
  const path = loadConfig(configFile).auth.builtIn?.userFile;
  if (path === undefined) {
    throw new UserError(
      `${configFile} has no user file. Set auth.builtIn.userFile, for example to "users.db".`,
    );
  }
  const users = openSqliteUsers(path);
  try {
    await use(users);
  } finally {
    users.close();
  }
}
