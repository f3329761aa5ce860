import { expect, test } from 'vitest';
import { StreamIds } from './stream-ids.ts';

test('identifiers are odd and rise', () => {
  const ids = new StreamIds();
  expect([ids.take(), ids.take(), ids.take()]).toEqual([1, 3, 5]);
  expect(ids.last).toBe(5);
});

test('2^31-1 is the last', () => {
  const ids = new StreamIds(2 ** 31 - 3);
  expect(ids.take()).toBe(2 ** 31 - 3);
  expect(ids.exhausted).toBe(false);
  expect(ids.take()).toBe(2 ** 31 - 1);
  expect(ids.exhausted).toBe(true);
});

test.each([
  [1, false],
  [2, true],
  [3, false],
  [5, true],
])('after 1 and 3, stream %i is idle: %s', (streamId, idle) => {
  const ids = new StreamIds();
  ids.take();
  ids.take();
  expect(ids.isIdle(streamId)).toBe(idle);
});
