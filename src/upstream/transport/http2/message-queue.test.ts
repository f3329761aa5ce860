import { expect, test } from 'vitest';
import { MessageQueue } from './message-queue.ts';

const message = (octets: number) => new Uint8Array(octets);

test('messages leave in the order they came, over thousands', () => {
  const queue = new MessageQueue();
  const sent = Array.from({ length: 5_000 }, () => message(1));
  const received: (Uint8Array | undefined)[] = [];
  for (const [at, each] of sent.entries()) {
    queue.push(each);
    if (at % 3 === 0) received.push(queue.shift());
  }
  while (queue.length > 0) received.push(queue.shift());
  expect(received).toEqual(sent);
  expect(queue.shift()).toBeUndefined();
});

test('nothing is held while the reader keeps pace', () => {
  const queue = new MessageQueue();
  expect(queue.retain(1_000_000)).toBe(false);
});

test('a reader that is behind holds the peer, and gives back what it held once it caught up', () => {
  const queue = new MessageQueue();
  queue.push(message(40_000));
  expect(queue.retain(40_005)).toBe(false);
  queue.push(message(40_000));
  expect(queue.retain(40_005)).toBe(true);
  expect(queue.takeBack()).toBe(0);
  queue.shift();
  expect(queue.takeBack()).toBe(0);
  queue.shift();
  expect(queue.takeBack()).toBe(40_005);
  expect(queue.takeBack()).toBe(0);
});

test('clearing gives back what was held', () => {
  const queue = new MessageQueue();
  queue.push(message(70_000));
  expect(queue.retain(70_005)).toBe(true);
  expect(queue.clear()).toBe(70_005);
  expect(queue.length).toBe(0);
});

test('messages without content are held back as well', () => {
  const queue = new MessageQueue();
  let held = false;
  while (!held && queue.length < 10_000) {
    queue.push(message(0));
    held = queue.retain(5);
  }
  expect(queue.length).toBeLessThan(1_000);
  while (queue.length > 0) queue.shift();
  expect(queue.takeBack()).toBe(5);
});
