import { once } from 'node:events';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createAdminRelay, type RelayDuties } from './admin-relay.ts';

let content: Readable;
let relay: RelayDuties;
let opened: () => void;

beforeEach(() => {
  vi.useFakeTimers();
  content = Readable.from(['a', 'b', 'c']);
  const gate = Promise.withResolvers<void>();
  opened = gate.resolve;
  relay = createAdminRelay([
    {
      method: 'GET',
      path: 'profile',
      async answer({ intend }) {
        await intend('');
        await gate.promise;
        return { fileName: 'f', contentType: 'text/plain', content };
      },
    },
  ]);
});
afterEach(() => vi.useRealTimers());

const ask = (id: string) => relay.relayed({ id, path: 'profile', query: '' });
const textOf = (piece: Uint8Array | undefined) => piece && Buffer.from(piece).toString();

test('a file goes piece by piece, to whoever has its id', async () => {
  opened();
  await ask('1');
  expect(textOf(await relay.relayedPiece('1'))).toBe('a');
  expect(await relay.relayedPiece('2')).toBeUndefined();
  expect(textOf(await relay.relayedPiece('1'))).toBe('b');
  expect(textOf(await relay.relayedPiece('1'))).toBe('c');
  expect(await relay.relayedPiece('1')).toBeUndefined();
  relay.relayedEnd('1');
  expect(content.destroyed).toBe(true);
});

test('who leaves before the file is there lets go of it', async () => {
  const asked = ask('1');
  relay.relayedEnd('1');
  opened();
  await expect(asked).rejects.toMatchObject({ code: 'CANCELLED' });
  expect(content.destroyed).toBe(true);
});

test('a file that nobody asks for any more is let go', async () => {
  opened();
  await ask('1');
  await vi.advanceTimersByTimeAsync(59_000);
  expect(textOf(await relay.relayedPiece('1'))).toBe('a');
  await vi.advanceTimersByTimeAsync(59_000);
  expect(content.destroyed).toBe(false);
  const closed = once(content, 'close');
  await vi.advanceTimersByTimeAsync(1_001);
  await closed;
  expect(await relay.relayedPiece('1')).toBeUndefined();
});
