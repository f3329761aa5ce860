import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openSqliteUsers } from './sqlite-users.ts';

const folder = mkdtempSync(join(tmpdir(), 'weir-users-'));
afterAll(() => rmSync(folder, { recursive: true }));

const ada = { name: 'ada', passwordHash: 'h', roles: ['trader', 'viewer'], disabled: false };

test('keeps users, replaces them, and finds them again after a restart', async () => {
  const path = join(folder, 'kept.db');
  const users = openSqliteUsers(path);
  users.put(ada);
  users.put({ ...ada, name: "o'neil" });
  users.put({ ...ada, disabled: true, roles: [] });
  users.close();
  const again = openSqliteUsers(path);
  expect(await again.find('ada')).toEqual({ ...ada, disabled: true, roles: [] });
  expect((await again.list()).map(({ name }) => name)).toEqual(['ada', "o'neil"]);
  expect(await again.find('nobody')).toBeUndefined();
  again.close();
});

test('tells of what another process wrote', async () => {
  const path = join(folder, 'watched.db');
  const [gateway, command] = [openSqliteUsers(path), openSqliteUsers(path)];
  let stop = () => {};
  const told = new Promise<void>((resolve) => {
    stop = gateway.watch(resolve, 10);
  });
  command.put(ada);
  await told;
  stop();
  expect(await gateway.find('ada')).toEqual(ada);
  gateway.close();
  command.close();
});
