import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findDuplicateKey } from './duplicate-key.ts';

test.each([
  ['{}', undefined],
  ['{"a":1,"b":2}', undefined],
  ['{"a":1,"a":2}', 'a'],
  ['{"a":1,"\\u0061":2}', 'a'],
  ['{"a":{"x":1},"b":{"x":1}}', undefined],
  ['{"a":{"x":1,"x":2}}', 'x'],
  ['[{"a":1},{"a":1}]', undefined],
  ['{"a":["b","b"]}', undefined],
  ['{"a":"a","b":"a"}', undefined],
  ['{"a":"\\"","a":2}', 'a'],
  ['{"a\\\\":1,"a":2}', undefined],
  [`{"a"${' '.repeat(500)}:1,"a"${'\n'.repeat(500)}:2}`, 'a'],
  ['{"__proto__":1,"__proto__":2}', '__proto__'],
])('%s repeats %s', (json, expected) => {
  expect(findDuplicateKey(json)).toBe(expected);
});

test('nothing that JSON.stringify writes repeats a name', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(findDuplicateKey(JSON.stringify(value))).toBeUndefined();
    }),
  );
});

test('a name said twice is found wherever it stands', () => {
  fc.assert(
    fc.property(fc.string(), fc.jsonValue(), fc.jsonValue(), (name, first, second) => {
      const key = JSON.stringify(name);
      const json = `[{"outer":{${key}:${JSON.stringify(first)}, ${key} : ${JSON.stringify(second)}}}]`;
      expect(findDuplicateKey(json)).toBe(name);
    }),
  );
});
