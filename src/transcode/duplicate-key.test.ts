import { expect, test } from 'vitest';
import { findDuplicateKey } from './duplicate-key.ts';

test.each([
  ['{"a":1,"a":2}', 'a'],
  ['{"a":{"b":1,"c":[{"d":1,"d":1}]}}', 'd'],
  ['{"a":1,"\\u0061":2}', 'a'],
  ['{"":1, "" :2}', ''],
  ['{"\\"":1,"\\"":2}', '"'],
])('%s has a key twice', (text, key) => {
  expect(findDuplicateKey(text)).toBe(key);
});

test.each([
  '{}',
  '[]',
  '"a"',
  '{"a":1,"b":{"a":1},"c":[{"a":1},{"a":1}]}',
  '{"a":"a","b":"a"}',
  '{"a":["a","a"]}',
  '{"a\\\\":1,"a":2}',
  '{"a":"{\\"a\\":1,\\"a\\":2}"}',
])('%s has none', (text) => {
  expect(findDuplicateKey(text)).toBeUndefined();
});
