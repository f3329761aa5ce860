import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { WeirError } from '../../src/errors.ts';
import { createTranscoder } from '../../src/transcode/transcoder.ts';
import { loadSampleContracts, messageOf } from './sample-contracts.ts';

const registry = loadSampleContracts();
const TYPES = [
  'market.v1.GetQuoteResponse',
  'market.v1.ListInstrumentsResponse',
  'orders.v1.Order',
  'orders.v1.CancelOrderRequest',
  'orders.v1.GetOrderRequest',
  'orders.v1.ImportOrdersResponse',
];
const engines = [true, false].map((compiles) => createTranscoder(registry, { compiles }));
const codec = fc
  .tuple(fc.constantFrom(...engines), fc.constantFrom(...TYPES))
  .map(([transcoder, type]) => transcoder.codec(messageOf(registry, type)));

/** Runs of bytes that look like fields: a small tag, then what the tag might announce. */
const field = fc
  .tuple(
    fc.integer({ min: 1, max: 21 }),
    fc.constantFrom(0, 1, 2, 3, 4, 5),
    fc.uint8Array({ maxLength: 12 }),
    fc.boolean(),
  )
  .map(([number, wireType, payload, isLengthRight]) => {
    const tag = (number << 3) | wireType;
    const head = tag < 128 ? [tag] : [(tag & 127) | 128, tag >> 7];
    const length = wireType === 2 ? [isLengthRight ? payload.length : 200] : [];
    return [...head, ...length, ...payload];
  });
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 64 }),
  fc.array(field, { maxLength: 8 }).map((fields) => Uint8Array.from(fields.flat())),
);

function attempt<T>(work: () => T): T | WeirError {
  try {
    return work();
  } catch (error) {
    if (error instanceof WeirError) return error;
    throw error;
  }
}

describe('any bytes', () => {
  test('are refused as INTERNAL or become JSON that says the same message', () => {
    fc.assert(
      fc.property(codec, bytes, ({ decode, encode }, input) => {
        const text = attempt(() => decode(input));
        const code = text instanceof WeirError ? text.code : 'INTERNAL';
        expect(code).toBe('INTERNAL');
        const again = text instanceof WeirError ? text : decode(encode(JSON.parse(text)));
        expect(again).toEqual(text);
      }),
      { numRuns: 3000 },
    );
  });
});

describe('any JSON', () => {
  test('is refused with paths or encoded', () => {
    fc.assert(
      fc.property(codec, fc.jsonValue(), ({ decode, encode }, input) => {
        const encoded = attempt(() => encode(input));
        const outcome =
          encoded instanceof WeirError ? encoded.details[0]?.['@type'] : decode(encoded);
        expect(outcome).toMatch(/^(type\.googleapis\.com\/google\.rpc\.BadRequest|\{.*\})$/s);
      }),
      { numRuns: 1000 },
    );
  });

  test('with the right names and the wrong values is refused with paths or encoded', () => {
    const names = [
      'symbol',
      'bid',
      'sequence',
      'quotedAt',
      'state',
      'instruments',
      'labels',
      'children',
      'pricing',
      'limit',
      'algorithm',
      'note',
      'reason',
      'fields',
      'orderId',
      'order_id',
      'rejections',
      'warnings',
      '@type',
      'value',
    ];
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom(
          null,
          true,
          0,
          -1,
          1.5,
          1e300,
          '',
          '1',
          'NaN',
          'AA==',
          '1s',
          '2026-01-01T00:00:00Z',
        ),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom(...names), tie('value'), { maxKeys: 5 }),
      ),
    }));
    fc.assert(
      fc.property(codec, value, ({ decode, encode }, input) => {
        const encoded = attempt(() => encode(input));
        const code = encoded instanceof WeirError ? encoded.code : decode(encoded)[0];
        expect(code).toMatch(/^(INVALID_ARGUMENT|\{)$/);
      }),
      { numRuns: 3000 },
    );
  });

  test('text is refused or encoded', () => {
    fc.assert(
      fc.property(codec, fc.oneof(fc.string(), fc.json()), ({ encodeText }, text) => {
        const encoded = attempt(() => encodeText(text));
        expect(encoded instanceof WeirError ? encoded.code : 'encoded').toMatch(
          /^(INVALID_ARGUMENT|encoded)$/,
        );
      }),
      { numRuns: 1000 },
    );
  });
});
