// What a caller reads when its JSON does not fit, on both engines.
import { BinaryWriter } from '@bufbuild/protobuf/wire';
import { describe, expect, test } from 'vitest';
import { WeirError } from '../../src/errors.ts';
import { createTranscoder } from '../../src/transcode/transcoder.ts';
import { loadSampleContracts, messageOf } from './sample-contracts.ts';

const registry = loadSampleContracts();

interface Violation {
  readonly field: string;
  readonly description: string;
}

function isViolations(value: unknown): value is Violation[] {
  return Array.isArray(value);
}

describe.each([
  ['compiled', true],
  ['interpreted', false],
])('%s', (_, compiles) => {
  const transcoder = createTranscoder(registry, {
    compiles,
    maxMessageBytes: 100_000,
    maxTextLength: 100_000,
  });
  const codecOf = (type: string) => transcoder.codec(messageOf(registry, type));

  function refusal(type: string, json: unknown): WeirError {
    try {
      codecOf(type).encode(json);
    } catch (error) {
      if (error instanceof WeirError) return error;
      throw error;
    }
    throw new Error('It was taken.');
  }

  function violations(type: string, json: unknown): Violation[] {
    const found = refusal(type, json).details[0]?.fieldViolations;
    return isViolations(found) ? found : [];
  }

  test('all violations are told at once, each with its path', () => {
    const order = {
      clientOrderId: 5,
      side: 'SIDE_UP',
      quantity: 4294967296,
      limit: { price: 'cheap', timeInForce: 9.5 },
      labels: { desk: 1, ok: 'v' },
      unknown: true,
    };
    const found = violations('orders.v1.PlaceOrderRequest', order);
    expect(Object.fromEntries(found.map(({ field, description }) => [field, description]))).toEqual(
      {
        clientOrderId: 'expected a string, found 5',
        side: 'expected a name or number of orders.v1.Side (SIDE_UNSPECIFIED, SIDE_BUY, SIDE_SELL), found "SIDE_UP"',
        quantity: 'expected an integer between 0 and 4294967295, found 4294967296',
        'limit.price': 'expected a number, "NaN", "Infinity" or "-Infinity", found "cheap"',
        'limit.timeInForce': expect.stringContaining('TIME_IN_FORCE_DAY'),
        'labels["desk"]': 'expected a string, found 1',
        unknown: expect.stringMatching(
          /^expected a field of the message \(it has clientOrderId, .*\), found "unknown"$/,
        ),
      },
    );
  });

  test('the message names the first and counts the rest', () => {
    const { code, message } = refusal('orders.v1.GetOrderRequest', { orderId: 'x', fields: 7 });
    expect(code).toBe('INVALID_ARGUMENT');
    expect(message).toMatch(/^(fields|orderId): expected .*, found .* \(and 1 more\)$/);
  });

  test('list items are named by index, and no more than a few dozen', () => {
    const symbols = Array.from({ length: 1000 }, (_each, i) => (i === 3 ? 'ok' : i));
    const found = violations('market.v1.WatchQuotesRequest', { symbols });
    expect(found).toHaveLength(32);
    expect(found[0]?.field).toMatch(/^symbols\[\d+\]$/);
  });

  test.each([
    [
      'market.v1.GetQuoteRequest',
      [],
      'market.v1.GetQuoteRequest: expected an object, found an empty array',
    ],
    [
      'market.v1.GetQuoteRequest',
      'AAPL',
      'market.v1.GetQuoteRequest: expected an object, found "AAPL"',
    ],
    [
      'market.v1.GetQuoteRequest',
      { symbol: '\ud800' },
      'symbol: expected a string without lone surrogates',
    ],
    [
      'market.v1.GetQuoteRequest',
      { symbol: `${'x'.repeat(100)}\udc00` },
      'symbol: expected a string without lone',
    ],
    [
      'market.v1.WatchQuotesRequest',
      { symbols: 'AAPL' },
      'symbols: expected an array, found "AAPL"',
    ],
    [
      'market.v1.WatchQuotesRequest',
      { symbols: [null] },
      'symbols[0]: expected a string, found null',
    ],
    ['market.v1.WatchQuotesRequest', { minInterval: '5 seconds' }, 'minInterval: expected seconds'],
    [
      'market.v1.WatchQuotesRequest',
      { minInterval: '1s', min_interval: '1s' },
      'by both of its names',
    ],
    [
      'orders.v1.GetOrderRequest',
      { orderId: 1, clientOrderId: 'a' },
      'expected at most one field of the oneof id',
    ],
    [
      'orders.v1.GetOrderRequest',
      { orderId: '9223372036854775808' },
      'orderId: expected an integer between -9223372036854775808',
    ],
    ['orders.v1.GetOrderRequest', { orderId: 1.5 }, 'found 1.5'],
    ['orders.v1.GetOrderRequest', { orderId: '0x10' }, 'found "0x10"'],
    ['orders.v1.GetOrderRequest', { orderId: '' }, 'found ""'],
    ['orders.v1.GetOrderRequest', { orderId: ' 1' }, 'found " 1"'],
    ['orders.v1.GetOrderRequest', { orderId: '01' }, 'found "01"'],
    [
      'orders.v1.GetOrderRequest',
      { fields: 'client_order_id' },
      'fields: expected lowerCamelCase paths',
    ],
    [
      'orders.v1.ImportOrdersResponse',
      { rejections: { '1.0': 'a' } },
      'rejections["1.0"]: expected a map key',
    ],
    [
      'orders.v1.ImportOrdersResponse',
      { rejections: { '-1': 'a' } },
      'rejections["-1"]: expected an integer',
    ],
    ['orders.v1.PlaceOrderRequest', { algorithm: {}, labels: [] }, 'labels: expected an object'],
    [
      'orders.v1.PlaceOrderRequest',
      { algorithm: { '@type': 'x/no.Such' } },
      'algorithm: expected an "@type" that a contract has',
    ],
    ['orders.v1.PlaceOrderRequest', { algorithm: { slices: 1 } }, 'found nothing'],
    [
      'orders.v1.PlaceOrderRequest',
      { algorithm: { '@type': 'x/orders.v1.TwapAlgorithm', slices: -1 } },
      'algorithm.slices: expected an integer between 0',
    ],
    [
      'market.v1.Instrument',
      { listingDigest: 'not base64' },
      'listingDigest: expected bytes in base64',
    ],
    ['market.v1.Instrument', { tick: 1e39 }, 'tick: expected a number within'],
    [
      'market.v1.Instrument',
      { shortable: 'true' },
      'shortable: expected true or false, found "true"',
    ],
    ['market.v1.Instrument', { dividendYield: {} }, 'dividendYield: expected a number'],
    ['market.v1.GetQuoteResponse', { quotedAt: 'now' }, 'quotedAt: expected an RFC 3339 time'],
  ])('%s from %j: %s', (type, json, message) => {
    expect(refusal(type, json).message).toContain(message);
  });

  test.each([
    ['"1e3"', 1000],
    ['1e3', 1000],
    ['"10.0"', 10],
    ['"-0"', 0],
    ['"120e-1"', 12],
  ])('an int64 may be written %s', (text, value) => {
    const { encodeText } = codecOf('orders.v1.CancelOrderRequest');
    expect(encodeText(`{"orderId":${text}}`)).toEqual(encodeText(`{"orderId":${value}}`));
  });

  test('a key that stands twice in a text is refused', () => {
    const { encodeText } = codecOf('market.v1.GetQuoteRequest');
    expect(() => encodeText('{"symbol":"A","symbol":"B"}')).toThrow('symbol more than once');
    expect(() => encodeText('{"symbol":')).toThrow('is not JSON');
    expect(() => encodeText('null')).toThrow('expected an object, found null');
  });

  test('messages nest a hundred deep in both directions, and no deeper', () => {
    const { encode, decode } = codecOf('market.v1.Sector');
    const nest = (levels: number): unknown =>
      levels === 1 ? { name: 'x' } : { parent: nest(levels - 1) };
    const deepest = encode(nest(100));
    expect(decode(deepest)).toContain('"name":"x"');
    expect(refusal('market.v1.Sector', nest(101)).message).toContain('fewer levels of messages');
    const deeper = Buffer.concat([
      Uint8Array.of(0x12, 0x80 | (deepest.length & 127), deepest.length >> 7),
      deepest,
    ]);
    expect(() => decode(deeper)).toThrow('messages nest too deeply');
  });

  test('neither bytes nor text grow without bound', () => {
    const { encode } = codecOf('market.v1.GetQuoteRequest');
    expect(() => encode({ symbol: 'x'.repeat(100_001) })).toThrow(
      expect.objectContaining({ code: 'RESOURCE_EXHAUSTED' }),
    );
    // What the first grew is there for the second.
    const list = codecOf('market.v1.WatchQuotesRequest');
    expect(list.encode({ symbols: ['x'.repeat(60_000)] })).toHaveLength(60_004);
    expect(() => list.encode({ symbols: ['x'.repeat(60_000), 'y'.repeat(50_000)] })).toThrow(
      expect.objectContaining({ code: 'RESOURCE_EXHAUSTED' }),
    );
    // Two bytes an instrument, four hundred characters each.
    const { decode } = codecOf('market.v1.ListInstrumentsResponse');
    const empty = Buffer.alloc(2000);
    for (let i = 0; i < empty.length; i += 2) empty[i] = 0x0a;
    expect(() => decode(empty)).toThrow('longer than Weir allows');
  });

  test('an Any of a type that no contract has cannot be said in JSON', () => {
    const { decode } = codecOf('orders.v1.Order');
    const any = Buffer.from([0x7a, 9, 0x0a, 7, ...Buffer.from('x/no.Su')]);
    expect(() => decode(any)).toThrow('no contract has the type of an Any, "x/no.Su"');
  });

  test('a long FieldMask path that cannot be said is not told in full', () => {
    const { decode } = codecOf('google.protobuf.FieldMask');
    const path = `${'x'.repeat(50_000)}A`;
    expect(() => decode(new BinaryWriter().tag(1, 2).string(path).finish())).toThrow(
      /FieldMask path "x{40}"… \(50001 characters\) cannot be said/,
    );
  });

  test.each([
    [
      'a varint of eleven bytes',
      [0x08, ...Array.from({ length: 11 }, () => 0xff)],
      'longer than ten bytes',
    ],
    ['field number 0', [0x00, 0x00], 'field number 0'],
    ['wire type 7', [0x0f], 'wire type 7'],
    ['a stray end of group', [0x0c], 'a group ends that did not begin'],
    ['a string beyond the end', [0x12, 0x05, 0x41], 'reaches beyond'],
    ['a double beyond the end', [0x11, 0x05, 0x41], 'reaches beyond'],
    ['a tag alone', [0x0a], 'reaches beyond'],
    ['a string that is not UTF-8', [0x0a, 0x01, 0xff], 'not UTF-8'],
    ['an overlong character', [0x0a, 0x02, 0xc0, 0x80], 'not UTF-8'],
    ['a surrogate in UTF-8', [0x0a, 0x03, 0xed, 0xa0, 0x80], 'not UTF-8'],
  ])('%s is refused', (_title, bytes, message) => {
    const { decode } = codecOf('market.v1.GetQuoteResponse');
    expect(() => decode(Uint8Array.from(bytes))).toThrow(message);
  });
});
