import { expect, test } from 'vitest';
import { Sampling } from './sampling.ts';

const OPTIONS = { ratio: 0.5, methods: { 'a.always': 1 }, slowMs: 100, maxKeptPerSecond: 2 };
const parent = (sampled: boolean) => ({ traceId: 'a', spanId: 'b', sampled });

test('a caller who began a trace has decided', () => {
  const sampling = new Sampling(OPTIONS);
  expect(sampling.atStart('a.b', parent(true))).toBe(true);
  expect(sampling.atStart('a.always', parent(false))).toBe(false);
});

test('else the share of the method decides, or of all', () => {
  const sampling = new Sampling(OPTIONS);
  const taken = (path: string) =>
    Array.from({ length: 10 }, () => sampling.atStart(path, undefined)).filter(Boolean).length;
  expect(taken('a.always')).toBe(10);
  expect(taken('a.b')).toBe(5);
});

test.each([
  ['INTERNAL', 1, true],
  ['UNAVAILABLE', 1, true],
  ['NOT_FOUND', 1, false],
  ['NOT_FOUND', 101, true],
  [undefined, 100, false],
  [undefined, 101, true],
  [undefined, undefined, false],
] as const)('%s after %s ms is kept: %s', (code, durationMs, kept) => {
  expect(new Sampling(OPTIONS).atEnd(code, durationMs, 0)).toBe(kept);
});

test('an outage is kept in part, and the rest is counted', () => {
  const sampling = new Sampling(OPTIONS);
  const kept = [0, 100, 200, 999, 1_000].map((now) => sampling.atEnd('INTERNAL', 1, now));
  expect(kept).toEqual([true, true, false, false, true]);
  expect(sampling.notKept).toBe(2);
});
