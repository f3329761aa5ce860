import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toCanonicalJson } from './canonical-json.ts';

test.each([
  [undefined, ''],
  [null, 'null'],
  [{ b: 1, a: [true, null, 'x'] }, '{"a":[true,null,"x"],"b":1}'],
  [-0, '-0'],
  [0, '0'],
  [JSON.parse('{"__proto__":1}'), '{"__proto__":1}'],
  ['"', '"\\""'],
])('%j is %s', (value, text) => {
  expect(toCanonicalJson(value)).toBe(text);
});

const cycle: Record<string, unknown> = {};
cycle.self = cycle;

test.each([
  ['a Date', new Date()],
  ['a bigint', { id: 1n }],
  ['a cycle', cycle],
  ['an undefined field', { a: undefined }],
])('%s has no canonical text', (_, value) => {
  expect(toCanonicalJson(value)).toBeUndefined();
});

test('equal values have one text, different values have two', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
      expect(toCanonicalJson(reversed(a))).toBe(toCanonicalJson(a));
      expect(toCanonicalJson(a) === toCanonicalJson(b)).toBe(Object.is(a, b) || same(a, b));
    }),
  );
});

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, field]) => [key, reversed(field)] as const);
  return Object.fromEntries(entries.reverse());
}

function same(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) {
    return Object.is(a, b);
  }
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const left = new Map(Object.entries(a));
  const right = new Map(Object.entries(b));
  return (
    left.size === right.size &&
    [...left].every(([key, field]) => right.has(key) && same(field, right.get(key)))
  );
}
