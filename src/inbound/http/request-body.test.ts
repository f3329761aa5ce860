import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import type { Refusal } from '../refusal.ts';
import { UnfinishedBodies } from '../unfinished-bodies.ts';
import { readBody } from './request-body.ts';

function read(
  maxBytes: number,
  headers: IncomingMessage['headers'] = {},
  unfinished = new UnfinishedBodies(),
) {
  const request = new IncomingMessage(new Socket());
  Object.assign(request.headers, headers);
  const heard: (string | Refusal['code'])[] = [];
  const onRefusal = ({ code }: Refusal) => heard.push(code);
  readBody(request, { maxBytes, unfinished }, (text) => heard.push(text), onRefusal);
  return { request, heard };
}

const TEXT = '{"name":"käse ✓"}';
const BYTES = Buffer.from(TEXT);

test.each([
  ['nothing', [], ''],
  ['one chunk', [BYTES], TEXT],
  ['a byte at a time', [...BYTES].map((byte) => Buffer.from([byte])), TEXT],
  ['empty chunks between', [Buffer.alloc(0), BYTES, Buffer.alloc(0)], TEXT],
  ['a byte order mark', [Buffer.from([0xef, 0xbb, 0xbf]), BYTES], TEXT],
])('%s', (_, chunks, text) => {
  for (const length of [undefined, String(BYTES.length)]) {
    const { request, heard } = read(64, length === undefined ? {} : { 'content-length': length });
    for (const chunk of chunks) request.emit('data', chunk);
    expect(heard).toEqual([]);
    request.emit('end');
    expect(heard).toEqual([text]);
  }
});

test('a chunk is left as it came', () => {
  const { request } = read(64);
  const slab = Buffer.from('abcdef');
  request.emit('data', slab.subarray(0, 2));
  request.emit('data', Buffer.from('XY'));
  expect(slab.toString()).toBe('abcdef');
});

test('more than is allowed is refused once', () => {
  const { request, heard } = read(4);
  for (const chunk of ['abc', 'de', 'f']) request.emit('data', Buffer.from(chunk));
  request.emit('end');
  expect(heard).toEqual(['PAYLOAD_TOO_LARGE']);
});

test.each([
  ['announced', { 'content-length': '64' }],
  ['chunked', {}],
])(
  'a body that is not whole is counted by what it takes, never more than it may have: %s',
  (_, headers) => {
    const unfinished = new UnfinishedBodies(64);
    const { request, heard } = read(64, headers, unfinished);
    const counted: number[] = [];
    for (let size = 1; size < 64; size += 1) {
      request.emit('data', Buffer.from('x'));
      counted.push(unfinished.bytes - size);
    }
    expect(Math.min(...counted)).toBe(0);
    expect(counted[0]).toBe(0);
    expect(unfinished.bytes).toBe(64);
    request.emit('data', Buffer.from('x'));
    request.emit('end');
    request.emit('close');
    expect(heard).toEqual(['x'.repeat(64)]);
    expect(unfinished.bytes).toBe(0);
  },
);

test('what comes in one piece is served when no more may be held', () => {
  const unfinished = new UnfinishedBodies(0);
  const { request, heard } = read(64, { 'content-length': '2' }, unfinished);
  request.emit('data', Buffer.from('{}'));
  request.emit('end');
  expect(heard).toEqual(['{}']);
});

test('what would be too much together is refused once, and lets go of what it holds', () => {
  const unfinished = new UnfinishedBodies(10);
  const first = read(64, {}, unfinished);
  first.request.emit('data', Buffer.from('12345678'));
  const second = read(64, {}, unfinished);
  second.request.emit('data', Buffer.from('12'));
  for (const chunk of ['3', '4']) second.request.emit('data', Buffer.from(chunk));
  second.request.emit('end');
  expect(second.heard).toEqual(['SERVICE_UNAVAILABLE']);
  expect(unfinished.bytes).toBe(8);
  // The caller left.
  first.request.emit('close');
  expect(unfinished.bytes).toBe(0);
  expect(first.heard).toEqual([]);
});

test('a body that turns out too large is no longer counted', () => {
  const unfinished = new UnfinishedBodies(100);
  const { request, heard } = read(4, {}, unfinished);
  for (const chunk of ['abc', 'de', 'f']) request.emit('data', Buffer.from(chunk));
  expect(heard).toEqual(['PAYLOAD_TOO_LARGE']);
  expect(unfinished.bytes).toBe(0);
});

// A million chunks of one byte fit into a body of 1 MiB, and each took 190 bytes while the last was awaited.
test('of a body that is not whole no chunk is kept', async () => {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  const { request, heard } = read(100);
  const chunks: WeakRef<Buffer>[] = [];
  for (let index = 0; index < 100; index += 1) {
    const chunk = Buffer.from('x');
    chunks.push(new WeakRef(chunk));
    request.emit('data', chunk);
  }
  // What a turn has looked at by a WeakRef lives to its end.
  await nextTurn();
  if (typeof collect === 'function') collect();
  const kept = chunks.filter((chunk) => chunk.deref() !== undefined);
  // The stack may still hold the last one.
  expect(kept.length).toBeLessThan(5);
  request.emit('end');
  expect(heard).toEqual(['x'.repeat(100)]);
});
