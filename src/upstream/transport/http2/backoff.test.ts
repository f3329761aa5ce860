import { expect, test } from 'vitest';
import { Backoff } from './backoff.ts';

test('each pause is 1.6 times the last, up to the longest, and starts over after a success', () => {
  const backoff = new Backoff(100, 500, () => 0.5);
  expect([0, 1, 2, 3, 4].map(() => Math.round(backoff.next()))).toEqual([100, 160, 256, 410, 500]);
  backoff.reset();
  expect(backoff.next()).toBe(100);
});

test.each([
  [0, 80],
  [1, 120],
])('jitter of a random %d', (random, pauseMs) => {
  expect(new Backoff(100, 500, () => random).next()).toBeCloseTo(pauseMs);
});
