import { expect, test } from 'vitest';
import { formatDurationMs, parseDurationMs } from './duration.ts';

test.each([
  ['250ms', 250],
  ['2s', 2_000],
  ['1.5s', 1_500],
  ['5m', 300_000],
  ['1h', 3_600_000],
  ['1d', 86_400_000],
  ['0s', 0],
  ['2', undefined],
  ['2 s', undefined],
  ['-2s', undefined],
  ['2sec', undefined],
  ['', undefined],
])('%s is %s ms', (text, ms) => {
  expect(parseDurationMs(text)).toBe(ms);
});

test.each([
  [250, '250ms'],
  [2_000, '2s'],
  [90_000, '90s'],
  [120_000, '2m'],
  [86_400_000, '1d'],
  [0, '0ms'],
])('%s ms reads %s', (ms, text) => {
  expect(formatDurationMs(ms)).toBe(text);
});
