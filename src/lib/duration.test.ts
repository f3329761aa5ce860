import { expect, test } from 'vitest';
import { parseDurationMs } from './duration.ts';

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
