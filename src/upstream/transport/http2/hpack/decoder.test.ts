import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HpackDecoder } from './decoder.ts';
import { HpackError } from './hpack-error.ts';

const decode = (hex: string, maxListBytes = 65_536) => {
  const bytes = Buffer.from(hex, 'hex');
  return new HpackDecoder(4096, maxListBytes).decode(bytes, 0, bytes.length);
};

describe('malformed blocks', () => {
  test.each([
    ['index 0', '80', /index 0/],
    ['an index beyond both tables', 'be', /index 62/],
    ['a name index beyond both tables', '7f00', /index 63/],
    ['an integer that never ends', 'ffffffffffffffffff', /too long/],
    ['an integer cut off', 'ff', /inside an integer/],
    ['a string cut off', '400a6375', /inside a string/],
    ['a string without a length', '40', /before an integer/],
    ['a table size above the limit', '3fe21f', /4097/],
    ['a table size update behind a field', '8220', /behind a field/],
    // 0xff repeated is EOS (30 ones) and more.
    ['EOS in a Huffman string', '4084ffffffff0161', /EOS/],
    ['more than 7 bits of padding', '4082 1fff 0161'.replaceAll(' ', ''), /padding/],
    ['padding with a zero', '40811e0161', /padding/],
  ])('%s', (_name, hex, message) => {
    expect(() => decode(hex)).toThrow(HpackError);
    expect(() => decode(hex)).toThrow(message);
  });
});

test('a list above the limit is cut, and the table still follows the peer', () => {
  const decoder = new HpackDecoder(4096, 60);
  // Three literals with indexing: a: b, c: d, e: f.
  const block = Buffer.from('400161016240016301644001650166', 'hex');
  const { fields, complete } = decoder.decode(block, 0, block.length);
  expect(fields).toEqual([['a', 'b']]);
  expect(complete).toBe(false);
  expect(decoder.table.length).toBe(3);
});

test('any octets end in fields or in an HpackError', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (octets) => {
      const decoder = new HpackDecoder(4096, 4096);
      try {
        return decoder.decode(Buffer.from(octets), 0, octets.length).fields.length >= 0;
      } catch (error) {
        return error instanceof HpackError;
      }
    }),
    { numRuns: 2_000 },
  );
});
