import { expect, test } from 'vitest';
import { base64Length } from './base64.ts';

test.each([
  ['', 0],
  ['AA==', 1],
  ['AA', 1],
  ['AAA=', 2],
  ['AAA', 2],
  ['AAAA', 3],
  ['-_-_', 3],
  ['+/+/', 3],
])('%j holds %d bytes', (text, length) => {
  expect(base64Length(text)).toBe(length);
});

test.each([
  'A',
  'AAAAA',
  '=',
  '==',
  '====',
  'AA=',
  'A===',
  'AA==AA==',
  'AA A',
  'AA\n',
  'é',
  'A*AA',
  '\u0100AAA',
])('%j is no base64', (text) => {
  expect(base64Length(text)).toBe(-1);
});
