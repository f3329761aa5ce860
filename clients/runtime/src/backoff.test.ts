import { expect, test } from 'vitest';
import { backoffMs } from './backoff.ts';

test.each([
  { attempt: 0, atMost: 500 },
  { attempt: 1, atMost: 1_000 },
  { attempt: 4, atMost: 8_000 },
  { attempt: 5, atMost: 10_000 },
  { attempt: 2_000, atMost: 10_000 },
])('attempt $attempt waits between 0 and $atMost ms', ({ attempt, atMost }) => {
  expect(backoffMs(attempt, () => 0)).toBe(0);
  expect(backoffMs(attempt, () => 0.5)).toBe(atMost / 2);
  expect(backoffMs(attempt, () => 1)).toBe(atMost);
});
