import { expect, test } from 'vitest';
import { createRatio } from './ratio.ts';

test.each([
  [0, 0],
  [0.01, 10],
  [0.25, 250],
  [0.5, 500],
  [1, 1_000],
])('a share of %d takes %d of a thousand', (ratio, expected) => {
  const takes = createRatio(ratio);
  let taken = 0;
  for (let index = 0; index < 1_000; index++) taken += Number(takes());
  // Shares are not exact in binary.
  expect(Math.abs(taken - expected)).toBeLessThanOrEqual(1);
});
