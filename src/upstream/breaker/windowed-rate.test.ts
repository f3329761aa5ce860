import { expect, test } from 'vitest';
import { createWindowedRate } from './windowed-rate.ts';

const OPTIONS = { windowMs: 10_000, threshold: 0.5, minCalls: 10 };

test('needs enough calls before it decides', () => {
  const rate = createWindowedRate(OPTIONS);
  const verdicts = Array.from({ length: 10 }, () => rate.record(false, 0));
  expect(verdicts.indexOf(true)).toBe(9);
});

test('trips exactly at the threshold', () => {
  const rate = createWindowedRate(OPTIONS);
  for (let count = 0; count < 10; count++) rate.record(true, 0);
  const verdicts = Array.from({ length: 10 }, () => rate.record(false, 100));
  expect(verdicts.indexOf(true)).toBe(9);
});

test('forgets what is older than its window', () => {
  const rate = createWindowedRate(OPTIONS);
  for (let count = 0; count < 9; count++) rate.record(false, 0);
  expect(rate.record(false, 10_000)).toBe(false);
  for (let count = 0; count < 8; count++) expect(rate.record(false, 10_500)).toBe(false);
  expect(rate.record(false, 10_500)).toBe(true);
});

test('a long silence empties it in one step', () => {
  const rate = createWindowedRate(OPTIONS);
  for (let count = 0; count < 9; count++) rate.record(false, 0);
  expect(rate.record(false, 1e12)).toBe(false);
});
