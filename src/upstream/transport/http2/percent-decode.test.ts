import { expect, test } from 'vitest';
import { percentDecode } from './percent-decode.ts';

test.each([
  ['plain', 'plain'],
  ['', ''],
  ['with%20space', 'with space'],
  ['%E2%98%BA', '☺'],
  ['%f0%9f%98%88', '😈'],
  ['100%25', '100%'],
  ['half %2', 'half %2'],
  ['%ZZ stays', '%ZZ stays'],
  ['%', '%'],
  // Octets that are no UTF-8 are shown as such.
  ['%ff', '\ufffd'],
])('%j is %j', (encoded, text) => {
  expect(percentDecode(encoded)).toBe(text);
});
