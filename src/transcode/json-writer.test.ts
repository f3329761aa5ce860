import { expect, test } from 'vitest';
import { writeBase64, writeCharacters, writeText } from './json-string.ts';
import { JsonWriter, pieceOf } from './json-writer.ts';

const MEBI = 1024 * 1024;

function textOf(...strings: string[]): string {
  const writer = new JsonWriter(MEBI);
  for (const text of strings) {
    writer.ascii('"');
    writeCharacters(writer, text);
    writer.ascii('"');
  }
  return writer.finish();
}

test.each([
  ['nothing', ''],
  ['ASCII', 'plain'],
  ['two bytes a character', 'Société'],
  ['characters of every length', 'aé株🍎'],
  ['what is escaped', '"\\\b\t\n\f\r\u0000\u001f\u007f'],
  ['escapes among what is not ASCII', 'é"株\n🍎'],
  ['long', 'x'.repeat(70_000)],
  ['long, with escapes', '"\\\u0001 '.repeat(20_000)],
  ['long, not ASCII', '株🍎"'.repeat(20_000)],
])('%s', (_, text) => {
  expect(textOf(text, text)).toBe(JSON.stringify(text).repeat(2));
});

test.each([
  ['a continuation alone', ['80']],
  ['a sequence cut off by its quote', ['c3', 'a9']],
  ['a surrogate', ['eda080']],
  ['an overlong quote', ['c0a2']],
  ['the same at the end of much', [`${'61'.repeat(1000)}ff`]],
])('%s is refused', (_, strings) => {
  const writer = new JsonWriter(MEBI);
  for (const hex of strings) {
    const bytes = Buffer.from(hex, 'hex');
    writer.ascii('"');
    writeText(writer, bytes, 0, bytes.length);
    writer.ascii('"');
  }
  expect(() => writer.finish()).toThrow('not UTF-8');
});

test.each([0, 1, 2, 3, 4, 31, 255, 256, 5000])('base64 of %d bytes', (length) => {
  const bytes = Uint8Array.from({ length }, (_, i) => (i * 37) & 255);
  const writer = new JsonWriter(MEBI);
  writeBase64(writer, bytes, 0, length);
  expect(writer.finish()).toBe(Buffer.from(bytes).toString('base64'));
});

test.each(['', 'a', 'sevench', 'eightchr', '{"key":"and more"'])('a constant: %j', (text) => {
  const writer = new JsonWriter(MEBI);
  writer.reserve(text.length);
  writer.piece(pieceOf(text));
  writer.byte(0x7d);
  expect(writer.finish()).toBe(`${text}}`);
});

test('what is owed to a message that is begun is kept while others are written', () => {
  const writer = new JsonWriter(MEBI);
  writer.owed = 1000;
  for (let i = 0; i < 5000; i++) writer.ascii('0123456789');
  const room = writer.bytes.length - writer.pos;
  expect(room).toBeGreaterThanOrEqual(1000);
});

test('a text beyond the bound is refused, and memory stays near it', () => {
  const writer = new JsonWriter(100_000);
  const fill = () => {
    for (;;) writer.ascii('0123456789');
  };
  expect(fill).toThrow('longer than Weir allows');
  expect(writer.bytes.length).toBeLessThan(100_000 + 1024);
  writer.reset();
  writer.ascii('x'.repeat(100_001));
  expect(() => writer.finish()).toThrow('longer than Weir allows');
  writer.reset();
  writer.ascii('x'.repeat(100_000));
  expect(writer.finish()).toHaveLength(100_000);
});

test('memory of a long answer is given back', () => {
  const writer = new JsonWriter(64 * MEBI);
  writer.ascii('x'.repeat(3 * MEBI));
  writer.finish();
  writer.reset();
  expect(writer.bytes.length).toBeLessThan(MEBI);
});
