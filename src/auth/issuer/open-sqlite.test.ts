import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openSqliteSigningKeys } from './signing-key-store.ts';

const folder = mkdtempSync(join(tmpdir(), 'weir-sqlite-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('only its owner can read what holds keys, whatever the umask is', async () => {
  const umask = process.umask(0o022);
  const keys = openSqliteSigningKeys(join(folder, 'weir.db'));
  await keys.putIfAbsent(1, '{}', 1_000);
  process.umask(umask);
  const modes = readdirSync(folder).map((file) => statSync(join(folder, file)).mode & 0o777);
  keys.close();
  expect(modes.length).toBeGreaterThan(0);
  expect(new Set(modes)).toEqual(new Set([0o600]));
});
