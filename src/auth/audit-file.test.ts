import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createAuditFile, createAuditStdout } from './audit-file.ts';
import { type AuditEvent, createAuditLog } from './audit-log.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'weir-audit-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const event: AuditEvent = {
  action: 'login',
  outcome: 'refused',
  requestId: 'r1',
  actor: 'ada',
  address: '192.0.2.1',
  reason: 'LOGIN_FAILED',
};
const read = (name: string) => readFileSync(join(folder, name), 'utf8');

test('a line holds when, what, who, from where and how it ended', async () => {
  const log = createAuditLog([createAuditFile({ path: join(folder, 'audit.log') })], () => 0);
  log.record(event);
  await log.close();
  expect(read('audit.log')).toBe(
    `${JSON.stringify({ time: '1970-01-01T00:00:00.000Z', ...event })}\n`,
  );
  expect(statSync(join(folder, 'audit.log')).mode & 0o777).toBe(0o600);
});

test('a line break in a name stays inside its line', async () => {
  const log = createAuditLog([createAuditFile({ path: join(folder, 'audit.log') })]);
  log.record({ ...event, actor: 'ada\n{"action":"login","outcome":"success"}' });
  await log.close();
  expect(read('audit.log').trimEnd().split('\n')).toHaveLength(1);
});

test('what strangers write of themselves is cut, and marked as cut', async () => {
  const log = createAuditLog([createAuditFile({ path: join(folder, 'audit.log') })]);
  log.record({ ...event, actor: 'a'.repeat(256), target: `GET /admin/${'x'.repeat(16_000)}` });
  await log.close();
  const line = JSON.parse(read('audit.log'));
  expect(line).toMatchObject({ actor: 'a'.repeat(256), reason: 'LOGIN_FAILED' });
  expect(line.target).toMatch(/^GET \/admin\/x{245}… \(16011 characters\)$/);
});

test('what is flushed is in the file', async () => {
  const log = createAuditLog([createAuditFile({ path: join(folder, 'audit.log') })]);
  for (let at = 1; at <= 3; at++) {
    log.record(event);
    await log.flushed();
    expect(read('audit.log').trimEnd().split('\n')).toHaveLength(at);
  }
  await log.close();
});

test('what stood in the file before a start stays', async () => {
  const path = join(folder, 'audit.log');
  for (const line of ['one\n', 'two\n']) {
    const sink = createAuditFile({ path });
    sink.write(line);
    await sink.close();
  }
  expect(read('audit.log')).toBe('one\ntwo\n');
});

test('a full file is put aside, and the oldest goes', async () => {
  const path = join(folder, 'audit.log');
  for (let at = 0; at < 6; at++) {
    const sink = createAuditFile({ path, maxBytes: 10, keep: 2 });
    sink.write(`line ${at}\n`);
    await sink.close();
  }
  expect(readdirSync(folder).sort()).toEqual(['audit.log', 'audit.log.1', 'audit.log.2']);
  expect([read('audit.log'), read('audit.log.1'), read('audit.log.2')]).toEqual([
    'line 5\n',
    'line 4\n',
    'line 3\n',
  ]);
});

test('what a slow disk cannot take is dropped, counted, and said', async () => {
  const path = join(folder, 'audit.log');
  const sink = createAuditFile({ path, maxQueuedBytes: 20 });
  for (let at = 0; at < 5; at++) sink.write('0123456789\n');
  await new Promise((resolve) => setTimeout(resolve, 50));
  sink.write('0123456789\n');
  await sink.close();
  expect(read('audit.log')).toContain('"audit.lost"');
  expect(read('audit.log')).toMatch(/"target":"\d lines"/);
});

test('a disk that hangs is waited for so long and no longer, and that is said', async () => {
  const path = join(folder, 'audit.log');
  // Nobody reads from it, so it cannot be opened to be written to.
  execFileSync('mkfifo', [path]);
  const errors: unknown[] = [];
  const onError = (error: unknown) => errors.push(error);
  const sink = createAuditFile({ path, patienceMs: 20, onError });
  for (const line of ['one\n', 'two\n']) sink.write(line);
  await sink.flushed();
  expect(errors).toEqual([]);
  await sink.close();
  expect(errors.map(String)).toEqual([
    `Error: ${path} does not take a write: it and 1 lines behind it may be lost`,
  ]);
  // And is used when it answers after all, which lets this process end.
  expect(await readFile(path, 'utf8')).toBe('one\ntwo\n');
});

test('standard output marks its lines', async () => {
  const stream = new PassThrough();
  const log = createAuditLog([createAuditStdout(stream)], () => 0);
  log.record(event);
  await log.close();
  expect(JSON.parse(String(stream.read()))).toMatchObject({ audit: true, action: 'login' });
});
