import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { FrameOutbox } from './frame-outbox.ts';

/** A socket that keeps every write until it is told to take it. */
class StuckSocket extends Writable {
  readonly writes: Buffer[] = [];
  #take: (() => void) | undefined;

  override _write(chunk: Buffer, _: BufferEncoding, done: () => void): void {
    this.writes.push(chunk);
    this.#take = done;
  }

  take(): void {
    const take = this.#take;
    this.#take = undefined;
    take?.();
  }
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

test('frames of one turn leave in one write', async () => {
  const socket = new StuckSocket();
  const outbox = new FrameOutbox(socket, 1_000, () => {});
  for (const text of ['a', 'b', 'c']) outbox.push(text);
  expect(socket.writes).toEqual([]);
  await turn();
  expect(socket.writes).toEqual([Buffer.from('\x81\x01a\x81\x01b\x81\x01c', 'latin1')]);
});

test('nothing is handed to a socket above the bound, and room is told once it is below', async () => {
  const socket = new StuckSocket();
  let room = 0;
  const outbox = new FrameOutbox(socket, 100, () => {
    room += 1;
  });
  outbox.push('x'.repeat(101));
  expect(outbox.full).toBe(true);
  await turn();
  outbox.push('more');
  await turn();
  expect(socket.writes.length).toBe(1);
  expect(outbox.bufferedBytes).toBe(103 + 4);
  socket.take();
  await turn();
  await turn();
  expect(room).toBe(1);
  expect(socket.writes.length).toBe(2);
});

test('what waited for room when it was closed is sent too', async () => {
  const socket = new StuckSocket();
  const outbox = new FrameOutbox(socket, 100, () => {});
  outbox.push('x'.repeat(101));
  await turn();
  outbox.push('answer');
  outbox.close();
  socket.take();
  await turn();
  expect(socket.writes.at(-1)).toEqual(Buffer.from('\x81\x06answer', 'latin1'));
});

test('a closed outbox sends what waited, takes nothing more and is full for good', async () => {
  const socket = new StuckSocket();
  const outbox = new FrameOutbox(socket, 100, () => {});
  outbox.push('a');
  outbox.close();
  outbox.push('b');
  await turn();
  expect(socket.writes).toEqual([Buffer.from('\x81\x01a', 'latin1')]);
  expect(outbox.full).toBe(true);
});
