// Inputs built to make a careless translator do quadratic work. Eight small inputs one after the other are
// compared with one of eight times the size: linear work takes as long, quadratic eight times as long, and a
// machine that is busy with other things interrupts both alike. The fastest run of each counts, and more are
// made while the two do not compare.
import { performance } from 'node:perf_hooks';
import { BinaryWriter } from '@bufbuild/protobuf/wire';
import { describe, expect, test } from 'vitest';
import { createTranscoder } from '../../src/transcode/transcoder.ts';
import { loadSampleContracts, messageOf } from './sample-contracts.ts';

const registry = loadSampleContracts();
const GROWTH = 8;
const MOST_TIMES = 4;
const ROUNDS = 12;
const RUNS = 5;
const SMALL = 2000;
/** Below this the clock and the collector say more than the work. */
const LEAST_MS = 1.5;

/** The fastest of a few runs in milliseconds. */
function fastest(work: () => void): number {
  let best = Number.POSITIVE_INFINITY;
  for (let run = 0; run < RUNS; run++) {
    const start = performance.now();
    work();
    best = Math.min(best, performance.now() - start);
  }
  return best;
}

function expectLinear(workOf: (size: number) => () => void): void {
  const small = workOf(SMALL);
  const large = workOf(SMALL * GROWTH);
  const manySmall = () => {
    for (let i = 0; i < GROWTH; i++) small();
  };
  let smallMs = Number.POSITIVE_INFINITY;
  let largeMs = Number.POSITIVE_INFINITY;
  let times = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS && times > MOST_TIMES; round++) {
    smallMs = Math.min(smallMs, fastest(manySmall));
    largeMs = Math.min(largeMs, fastest(large));
    times = largeMs / Math.max(smallMs, LEAST_MS);
  }
  expect(times).toBeLessThan(MOST_TIMES);
}

/** `size` times the same field. */
function repeat(size: number, write: (writer: BinaryWriter) => void): Uint8Array {
  const writer = new BinaryWriter();
  for (let i = 0; i < size; i++) write(writer);
  return writer.finish();
}

const BYTES: readonly [title: string, type: string, bytes: (size: number) => Uint8Array][] = [
  [
    'a singular message many times over, to be merged',
    'market.v1.Instrument',
    (size) =>
      repeat(size, (w) => w.tag(14, 2).fork().tag(2, 2).fork().tag(1, 2).string('a').join().join()),
  ],
  [
    'a oneof set many times',
    'orders.v1.Order',
    (size) =>
      repeat(size, (w) => w.tag(8, 2).fork().tag(1, 1).double(1).join().tag(9, 2).fork().join()),
  ],
  [
    'one map key many times',
    'orders.v1.Order',
    (size) =>
      repeat(size, (w) => w.tag(14, 2).fork().tag(1, 2).string('k').tag(2, 2).string('v').join()),
  ],
  [
    'many map keys',
    'orders.v1.ImportOrdersResponse',
    (size) => {
      let key = 0;
      return repeat(size, (w) =>
        w.tag(3, 2).fork().tag(1, 0).uint32(key++).tag(2, 2).string('v').join(),
      );
    },
  ],
  [
    'a string field many times',
    'orders.v1.Order',
    (size) => repeat(size, (w) => w.tag(2, 2).string('text')),
  ],
  [
    'unpacked items',
    'market.v1.Instrument',
    (size) => repeat(size, (w) => w.tag(18, 1).double(0.1)),
  ],
  [
    'unknown fields',
    'market.v1.GetQuoteResponse',
    (size) => repeat(size, (w) => w.tag(900, 0).int32(1)),
  ],
  [
    'groups opened and never closed',
    'market.v1.GetQuoteResponse',
    (size) => repeat(size, (w) => w.tag(900, 3)),
  ],
  [
    'one string of characters to escape',
    'market.v1.GetQuoteRequest',
    (size) =>
      new BinaryWriter()
        .tag(1, 2)
        .string('"\\'.repeat(size * 10))
        .finish(),
  ],
  [
    'packed numbers',
    'market.v1.Instrument',
    (size) =>
      new BinaryWriter()
        .tag(18, 2)
        .bytes(new Uint8Array(size * 8))
        .finish(),
  ],
  [
    'packed enum values',
    'market.v1.Instrument',
    (size) =>
      new BinaryWriter()
        .tag(19, 2)
        .bytes(new Uint8Array(size * 10).fill(2))
        .finish(),
  ],
  [
    'long strings that are not UTF-8 at their end',
    'market.v1.GetQuoteRequest',
    (size) =>
      new BinaryWriter()
        .tag(1, 2)
        .bytes(new Uint8Array(size * 100).fill(0xff, size * 100 - 1))
        .finish(),
  ],
  [
    'short strings that are not ASCII',
    'market.v1.WatchQuotesRequest',
    (size) => repeat(size, (w) => w.tag(1, 2).string('é')),
  ],
  ['messages in messages', 'orders.v1.Order', (size) => deepOrder(DEEP, size)],
  [
    'messages in messages, each to be merged of two',
    'market.v1.Instrument',
    (size) => mergedSectors(DEEP, size),
  ],
  [
    'unknown groups in groups',
    'market.v1.GetQuoteRequest',
    (size) =>
      repeat(size / 20, (w) => {
        for (let i = 0; i < DEEP; i++) w.tag(900, 3);
        for (let i = 0; i < DEEP; i++) w.tag(900, 4);
      }),
  ],
  [
    'lists in lists',
    'orders.v1.CancelOrderRequest',
    (size) => {
      let value: unknown = Array.from({ length: size }, () => 1);
      for (let i = 0; i < DEEP / 2; i++) value = [value];
      return encodeInterpreted('orders.v1.CancelOrderRequest', { reason: value });
    },
  ],
  [
    'an Any in an Any',
    'orders.v1.Order',
    (size) => {
      let any = encodeInterpreted('google.protobuf.Any', {
        '@type': 'type.googleapis.com/google.protobuf.StringValue',
        value: 'x'.repeat(size * 10),
      });
      for (let i = 0; i < DEEP / 2; i++) {
        const type = 'type.googleapis.com/google.protobuf.Any';
        any = new BinaryWriter().tag(1, 2).string(type).tag(2, 2).bytes(any).finish();
      }
      return new BinaryWriter().tag(15, 2).bytes(any).finish();
    },
  ],
];

/** How many levels the inputs below have; both directions take 100. */
const DEEP = 60;

/** One child in another, with `size` labels in the innermost. */
function deepOrder(levels: number, size: number): Uint8Array {
  let order = repeat(size, (w) =>
    w.tag(14, 2).fork().tag(1, 2).string('k').tag(2, 2).string('v').join(),
  );
  for (let i = 0; i < levels; i++) order = new BinaryWriter().tag(16, 2).bytes(order).finish();
  return order;
}

/** A sector's parent, and its parent, each in two parts on the wire, the first of them empty. */
function mergedSectors(levels: number, size: number): Uint8Array {
  let sector = new BinaryWriter().tag(1, 2).string('x'.repeat(size)).finish();
  const empty = new Uint8Array();
  for (let i = 0; i < levels; i++) {
    sector = new BinaryWriter().tag(2, 2).bytes(empty).tag(2, 2).bytes(sector).finish();
  }
  return new BinaryWriter().tag(14, 2).bytes(empty).tag(14, 2).bytes(sector).finish();
}

function encodeInterpreted(type: string, json: unknown): Uint8Array {
  return createTranscoder(registry, { compiles: false })
    .codec(messageOf(registry, type))
    .encode(json);
}

const JSON_VALUES: readonly [title: string, type: string, json: (size: number) => unknown][] = [
  [
    'unknown keys',
    'market.v1.GetQuoteRequest',
    (size) => Object.fromEntries(Array.from({ length: size }, (_, i) => [`k${i}`, i])),
  ],
  [
    'wrong items',
    'market.v1.WatchQuotesRequest',
    (size) => ({ symbols: Array.from({ length: size }, (_, i) => i) }),
  ],
  [
    'map entries',
    'orders.v1.PlaceOrderRequest',
    (size) => ({
      labels: Object.fromEntries(Array.from({ length: size }, (_, i) => [`k${i}`, 'v'])),
    }),
  ],
  ['a long string', 'market.v1.GetQuoteRequest', (size) => ({ symbol: 'é'.repeat(size * 10) })],
  [
    'a number of many digits',
    'orders.v1.CancelOrderRequest',
    (size) => ({ orderId: '9'.repeat(size * 10) }),
  ],
  [
    'lists in lists',
    'orders.v1.CancelOrderRequest',
    (size) => ({ reason: Array.from({ length: size }, () => [[1]]) }),
  ],
  [
    'a string of characters to escape',
    'market.v1.GetQuoteRequest',
    (size) => ({ symbol: '"\\\u0000'.repeat(size * 10) }),
  ],
  [
    'numbers to pack',
    'market.v1.Instrument',
    (size) => ({ recentCloses: Array.from({ length: size }, (_, i) => i / 8) }),
  ],
  [
    'messages in messages',
    'orders.v1.Order',
    (size) => {
      let order: object = { note: 'x'.repeat(size * 10) };
      for (let i = 0; i < DEEP; i++) order = { children: [order] };
      return order;
    },
  ],
  [
    'messages in messages beyond the limit',
    'orders.v1.Order',
    (size) => {
      let order: object = {};
      for (let i = 0; i < size; i++) order = { children: [order] };
      return order;
    },
  ],
  [
    'long keys above many wrong values',
    'orders.v1.Order',
    (size) => ({
      algorithm: {
        '@type': 'type.googleapis.com/market.v1.Instrument',
        ['k'.repeat(size * 100)]: 1,
      },
      labels: { ['k'.repeat(size * 100)]: 1 },
    }),
  ],
  [
    'base64 that ends wrong',
    'market.v1.Instrument',
    (size) => ({ listingDigest: `${'A'.repeat(size * 40)}=A` }),
  ],
  [
    'a time of many digits',
    'market.v1.GetQuoteResponse',
    (size) => ({ quotedAt: `2026-01-31T14:30:00.${'1'.repeat(size * 10)}` }),
  ],
  [
    'a duration of many digits',
    'market.v1.Instrument',
    (size) => ({ settlement: `${'1'.repeat(size * 10)}.` }),
  ],
  [
    'a field mask of many paths',
    'orders.v1.GetOrderRequest',
    (size) => ({ fields: 'aB.c,'.repeat(size * 2) }),
  ],
];

describe.each([
  ['compiled', true],
  ['interpreted', false],
])('%s, work grows with the size', (_, compiles) => {
  const transcoder = createTranscoder(registry, { compiles });

  test.each(BYTES)('of bytes: %s', (_title, type, bytesOf) => {
    const { decode } = transcoder.codec(messageOf(registry, type));
    expectLinear((size) => {
      const bytes = bytesOf(size);
      return () => settle(() => decode(bytes));
    });
  });

  test.each(JSON_VALUES)('of JSON: %s', (_title, type, jsonOf) => {
    const { encode } = transcoder.codec(messageOf(registry, type));
    expectLinear((size) => {
      const json = jsonOf(size);
      return () => settle(() => encode(json));
    });
  });

  test('of JSON text with many backslashes and keys', () => {
    const { encodeText } = transcoder.codec(messageOf(registry, 'orders.v1.CancelOrderRequest'));
    expectLinear((size) => {
      const entries = Array.from(
        { length: size },
        (_, i) => `"k${i}\\\\\\"":"${'\\\\'.repeat(20)}"`,
      );
      const text = `{"reason":{${entries.join(',')}}}`;
      return () => settle(() => encodeText(text));
    });
  });
});

/** The text is used, and so put together; a refusal is as good an answer. */
function settle(work: () => string | Uint8Array): void {
  try {
    Buffer.byteLength(work());
  } catch (error) {
    expect(error).toMatchObject({ name: 'WeirError' });
  }
}
