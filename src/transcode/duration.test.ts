import { expect, test } from 'vitest';
import { parseDuration, writeDuration } from './duration.ts';
import { JsonWriter } from './json-writer.ts';
import type { SecondsAndNanos } from './seconds-and-nanos.ts';

function durationText(duration: SecondsAndNanos): string {
  const writer = new JsonWriter(100);
  writeDuration(duration.seconds, duration.nanos, writer);
  return writer.finish();
}

test.each([
  ['0s', 0, 0],
  ['1s', 1, 0],
  ['-1s', -1, 0],
  ['0.500s', 0, 500_000_000],
  ['-0.500s', 0, -500_000_000],
  ['1.000001s', 1, 1000],
  ['-1.000000001s', -1, -1],
  ['315576000000s', 315_576_000_000, 0],
  ['-315576000000.999999999s', -315_576_000_000, -999_999_999],
])('%s is %d seconds and %d nanos, both ways', (text, seconds, nanos) => {
  const parsed = parseDuration(text);
  expect(parsed.seconds + 0).toBe(seconds);
  expect(parsed.nanos + 0).toBe(nanos);
  expect(durationText({ seconds, nanos })).toBe(`"${text}"`);
});

test.each([
  '1',
  's',
  '1.s',
  '.5s',
  '+1s',
  '1s ',
  '1.0000000001s',
  '315576000001s',
  '1e3s',
  '',
  1,
  null,
])('%j is refused', (json) => {
  expect(() => parseDuration(json)).toThrow(/^expected seconds .* found /);
});

test.each([
  [315_576_000_001, 0],
  [1, -1],
  [-1, 1],
  [0, 1_000_000_000],
  [Number.NaN, 0],
])('%d seconds and %d nanos cannot be said', (seconds, nanos) => {
  expect(() => durationText({ seconds, nanos })).toThrow('Duration');
});
