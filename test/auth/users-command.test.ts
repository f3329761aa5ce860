import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { verifyPassword } from '../../src/auth/issuer/password-hash.ts';
import { openSqliteUsers } from '../../src/auth/issuer/sqlite-users.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'weir-users-'));
afterAll(() => rmSync(folder, { recursive: true }));

const config = join(folder, 'weir.yaml');
writeFileSync(
  config,
  JSON.stringify({
    contracts: [{ folder: join(ROOT, 'proto') }],
    upstreams: {
      market: { endpoints: ['127.0.0.1:9'] },
      orders: { endpoints: ['127.0.0.1:9'] },
    },
    auth: {
      builtIn: { userFile: 'users.db' },
      roles: { trader: { inherits: ['viewer'] }, viewer: {} },
      access: { 'market.v1.QuoteService/ListInstruments': { roles: ['viewer'] } },
    },
  }),
);

function weir(args: readonly string[], input = ''): Promise<{ code: number | null; text: string }> {
  const child = spawn(process.execPath, [join(ROOT, 'src', 'main.ts'), ...args], { cwd: folder });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  child.stdin.end(input);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, text }));
  });
}

async function stored(name: string) {
  const users = openSqliteUsers(join(folder, 'users.db'));
  const user = await users.find(name);
  users.close();
  return user;
}

test('users are added, changed, disabled and listed', async () => {
  const added = await weir(['user', 'add', 'ada', '--role', 'trader', '--role', 'x'], 'first\n');
  expect(added).toMatchObject({ code: 0, text: expect.stringContaining('Added ada.') });
  expect(await stored('ada')).toMatchObject({ roles: ['trader', 'x'], disabled: false });
  expect(await verifyPassword('first', (await stored('ada'))?.passwordHash ?? '')).toBe(true);

  expect((await weir(['user', 'add', 'ada'], 'x\n')).text).toContain('There is a user "ada"');
  expect((await weir(['user', 'passwd', 'ada'], 'second\n')).code).toBe(0);
  expect(await verifyPassword('second', (await stored('ada'))?.passwordHash ?? '')).toBe(true);
  expect((await weir(['user', 'roles', 'ada', 'viewer'])).code).toBe(0);
  expect((await weir(['user', 'disable', 'ada'])).code).toBe(0);
  expect(await stored('ada')).toMatchObject({ roles: ['viewer'], disabled: true });

  const { text } = await weir(['user', 'list']);
  expect(text).toMatch(/ada +viewer +disabled +user file/);
});

test.each([
  ['no password', ['user', 'add', 'bob'], '', 'No password was given.'],
  ['nobody of that name', ['user', 'disable', 'nobody'], '', 'There is no user "nobody"'],
])('%s is said, with exit code 1', async (_what, args, input, message) => {
  const { code, text } = await weir(args, input);
  expect(text).toContain(message);
  expect(code).toBe(1);
});

test('a hash and an API key are made for the configuration', async () => {
  const { text } = await weir(['user', 'hash'], 'secret\n');
  expect(await verifyPassword('secret', text.trim())).toBe(true);
  const key = await weir(['api-key', 'batch']);
  expect(key.text).toMatch(/^weir_batch_[\w-]{43}\n/);
  expect(key.text).toMatch(/digest: [\w-]{43}\n/);
});

test('routes shows what a role may call, and check what nobody may', async () => {
  const asTrader = (await weir(['routes', '--as', 'trader'])).text;
  const asViewer = (await weir(['routes', '--as', 'viewer'])).text;
  const line = (text: string, path: string) =>
    text.split('\n').find((each) => each.startsWith(path));
  expect(line(asTrader, 'orders.v1.orderService.placeOrder')).toMatch(/roles: trader +yes$/);
  expect(line(asViewer, 'orders.v1.orderService.placeOrder')).toContain('no: This method needs');
  expect(line(asViewer, 'market.v1.quoteService.listInstruments')).toMatch(/roles: viewer +yes$/);
  expect((await weir(['check'])).text).not.toContain('Nobody may call');
});

test('check refuses a list of headers that callers could forge an identity with', async () => {
  const tree = JSON.parse(readFileSync(config, 'utf8'));
  const forgeable = join(folder, 'forgeable.yaml');
  writeFileSync(forgeable, JSON.stringify({ ...tree, metadata: { request: ['x-weir-subject'] } }));
  const { code, text } = await weir(['check', '--config', forgeable]);
  expect(text).toContain('x-weir-subject: take it off the list');
  expect(code).toBe(1);
});

test('check names the methods that nobody may call', async () => {
  const proto = join(folder, 'open.proto');
  writeFileSync(
    proto,
    'syntax = "proto3"; package open.v1; service Open { rpc Go(M) returns (M); } message M {}',
  );
  const tree = JSON.parse(readFileSync(config, 'utf8'));
  const undeclared = join(folder, 'undeclared.yaml');
  writeFileSync(
    undeclared,
    JSON.stringify({
      ...tree,
      contracts: [{ folder }],
      upstreams: { 'open.v1.Open': { endpoints: ['127.0.0.1:9'] } },
      auth: {},
    }),
  );
  const { code, text } = await weir(['check', '--config', undeclared]);
  expect(text).toContain('Nobody may call these');
  expect(text).toContain('open.v1.open.go');
  expect(code).toBe(0);
});
