// Inputs built to make a careless translator do quadratic work. Eight times the input may take at most
// thirty times as long: linear work takes eight, quadratic sixty-four. A busy machine may disturb one
// comparison, so one of several has to hold; quadratic work fails them all.
import { performance } from 'node:perf_hooks';
import { BinaryWriter } from '@bufbuild/protobuf/wire';
import { describe, expect, test } from 'vitest';
import { createTranscoder } from '../../src/transcode/transcoder.ts';
import { loadSampleContracts, messageOf } from './sample-contracts.ts';

const registry = loadSampleContracts();
const GROWTH = 8;
const MOST_TIMES = 30;
const COMPARISONS = 6;
const SMALL = 2000;

/** The fastest of a few runs: what the work takes when nothing else runs. */
function fastest(work: () => void): number {
  let best = Number.POSITIVE_INFINITY;
  for (let run = 0; run < 7; run++) {
    const start = performance.now();
    work();
    best = Math.min(best, performance.now() - start);
  }
  return best;
}

function expectLinear(workOf: (size: number) => () => void): void {
  const small = workOf(SMALL);
  const large = workOf(SMALL * GROWTH);
  let times = Number.POSITIVE_INFINITY;
  for (let i = 0; i < COMPARISONS && times > MOST_TIMES; i++) {
    times = fastest(large) / Math.max(fastest(small), 0.2);
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
];

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
