import { expect, test } from 'vitest';
import { finishText } from './finish-text.ts';

const inBytes = (text: string) => Buffer.from(text).toString('latin1');

test.each([
  ['ASCII', '"plain"', true],
  ['ASCII that was not known to be', '"plain"', false],
  ['two bytes a character', '"Société"', false],
  ['characters of every length', '"aé株🍎"', false],
  ['more than is kept', `"${'株🍎'.repeat(20_000)}"`, false],
  ['less again', '"é"', false],
  ['nothing', '', false],
])('%s', (_, text, isAscii) => {
  expect(finishText(inBytes(text), isAscii)).toBe(text);
});

test.each([
  ['a continuation alone', '"\x80"'],
  ['a sequence cut off by its quote', '"\xc3","\xa9"'],
  ['a surrogate', '"\xed\xa0\x80"'],
  ['an overlong quote', '"\xc0\xa2"'],
])('%s is refused', (_, text) => {
  expect(() => finishText(text, false)).toThrow('not UTF-8');
});
