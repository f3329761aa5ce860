import { expect, test } from 'vitest';
import { JsonWriter } from './json-writer.ts';
import type { SecondsAndNanos } from './seconds-and-nanos.ts';
import { parseTimestamp, writeTimestamp } from './timestamp.ts';

function timestampText(time: SecondsAndNanos): string {
  const writer = new JsonWriter(100);
  writeTimestamp(time.seconds, time.nanos, writer);
  return writer.finish();
}

test.each([
  ['1970-01-01T00:00:00Z', 0, 0],
  ['0001-01-01T00:00:00Z', -62135596800, 0],
  ['9999-12-31T23:59:59.999999999Z', 253402300799, 999_999_999],
  ['1969-12-31T23:59:59.500Z', -1, 500_000_000],
  ['2024-02-29T12:34:56.000001Z', 1709210096, 1000],
])('%s is %d seconds and %d nanos, both ways', (text, seconds, nanos) => {
  expect(parseTimestamp(text)).toEqual({ seconds, nanos });
  expect(timestampText({ seconds, nanos })).toBe(`"${text}"`);
});

test.each([
  ['2026-01-31T12:00:00+02:00', '2026-01-31T10:00:00Z'],
  ['2026-01-31T23:30:00-01:30', '2026-02-01T01:00:00Z'],
  ['2026-01-31T12:00:00.1Z', '2026-01-31T12:00:00.100Z'],
  ['2000-02-29T00:00:00Z', '2000-02-29T00:00:00Z'],
])('%s means %s', (text, canonical) => {
  expect(timestampText(parseTimestamp(text))).toBe(`"${canonical}"`);
});

test('agrees with Date on every day of four hundred years', () => {
  const disagreements: string[] = [];
  for (let day = Date.UTC(1800, 0, 1); day < Date.UTC(2200, 0, 1); day += 86_400_000) {
    const text = new Date(day).toISOString();
    if (parseTimestamp(text).seconds !== day / 1000) disagreements.push(text);
  }
  expect(disagreements).toEqual([]);
});

test.each([
  '2026-02-30T00:00:00Z',
  '2025-02-29T00:00:00Z',
  '1900-02-29T00:00:00Z',
  '2026-13-01T00:00:00Z',
  '2026-00-01T00:00:00Z',
  '2026-01-00T00:00:00Z',
  '2026-01-01T24:00:00Z',
  '2026-01-01T00:60:00Z',
  '2026-01-01T00:00:60Z',
  '2026-01-01t00:00:00Z',
  '2026-01-01T00:00:00z',
  '2026-01-01T00:00:00',
  '2026-01-01T00:00:00.Z',
  '2026-01-01T00:00:00.1234567890Z',
  '2026-01-01T00:00:00+24:00',
  '2026-01-01T00:00:00+00:60',
  '2026-01-01T00:00:00+0000',
  '2026-01-01 00:00:00Z',
  ' 2026-01-01T00:00:00Z',
  '0000-12-31T23:59:59Z',
  '0001-01-01T00:00:00+00:01',
  '9999-12-31T23:59:59-00:01',
  '',
  0,
  null,
  {},
])('%j is refused', (json) => {
  expect(() => parseTimestamp(json)).toThrow(/^expected an RFC 3339 time .* found /);
});

test.each([
  [-62135596801, 0],
  [253402300800, 0],
  [0, -1],
  [0, 1_000_000_000],
  [Number.NaN, 0],
])('%d seconds and %d nanos cannot be said', (seconds, nanos) => {
  expect(() => timestampText({ seconds, nanos })).toThrow('Timestamp');
});
