import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HpackDecoder } from './decoder.ts';
import { HpackEncoder } from './encoder.ts';
import type { HeaderField } from './header-field.ts';

type Writer = 'writeIndexed' | 'writeLiteral' | 'writeNeverIndexed';

const target = Buffer.alloc(64 * 1024);
const text = fc
  .string({ unit: 'binary-ascii', maxLength: 120 })
  .map((value) => value.replaceAll('\0', ''));
const field = fc.tuple(text, text);
const writer = fc.constantFrom<Writer>('writeIndexed', 'writeLiteral', 'writeNeverIndexed');

test('what is encoded is decoded, block after block, across table sizes', () => {
  const block = fc.record({
    tableSize: fc.option(fc.integer({ min: 0, max: 8192 }), { nil: undefined }),
    fields: fc.array(fc.tuple(writer, field), { maxLength: 20 }),
  });
  fc.assert(
    fc.property(fc.array(block, { maxLength: 8 }), (blocks) => {
      const encoder = new HpackEncoder();
      const decoder = new HpackDecoder(4096, 1 << 20);
      for (const { tableSize, fields } of blocks) {
        if (tableSize !== undefined) encoder.setMaxTableSize(tableSize);
        let at = encoder.writeSizeUpdates(target, 0);
        for (const [write, pair] of fields) at = encoder[write](pair, target, at);
        const sent = fields.map(([, pair]) => pair);
        expect(decoder.decode(target, 0, at).fields).toEqual(sent);
        expect(decoder.table.length).toBe(encoder.table.length);
      }
    }),
    { numRuns: 300 },
  );
});

test('a field sent again takes one octet', () => {
  const encoder = new HpackEncoder();
  const path: HeaderField = [':path', '/market.v1.QuoteService/GetQuote'];
  const first = encoder.writeIndexed(path, target, 0);
  expect(encoder.writeIndexed(path, target, first) - first).toBe(1);
});

test('a full table keeps what it has', () => {
  const encoder = new HpackEncoder();
  for (let index = 0; index < 200; index += 1) {
    encoder.writeIndexed(['x-name', `${index}`.padStart(20)], target, 0);
  }
  const { generation } = encoder.table;
  expect(encoder.table.size).toBeLessThanOrEqual(4096);
  encoder.writeIndexed(['x-other', 'value'], target, 0);
  expect(encoder.table.generation).toBe(generation);
});

test('a credential is marked never to be indexed', () => {
  const encoder = new HpackEncoder();
  encoder.writeNeverIndexed(['authorization', 'Bearer x'], target, 0);
  expect((target[0] ?? 0) & 0xf0).toBe(0x10);
  expect(encoder.table.length).toBe(0);
});
