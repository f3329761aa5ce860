import { fromBinary } from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema, MethodOptions_IdempotencyLevel } from '@bufbuild/protobuf/wkt';
import { beforeAll, expect, test } from 'vitest';
import { buildDescriptorSet } from './descriptor-set.ts';
import { ReflectionIndex } from './reflection-index.ts';

const QUOTES = 'market/v1/quote_service.proto';

let index: ReflectionIndex;

beforeAll(async () => {
  index = new ReflectionIndex(await buildDescriptorSet());
});

function filesOf(found: Uint8Array[] | undefined) {
  return found?.map((bytes) => fromBinary(FileDescriptorProtoSchema, bytes));
}

test.each([
  ['market.v1.QuoteService', QUOTES],
  ['market.v1.QuoteService.GetQuote', QUOTES],
  ['market.v1.GetQuoteResponse', QUOTES],
  ['market.v1.GetQuoteResponse.bid_size', QUOTES],
  ['market.v1.Instrument.Venue', QUOTES],
  ['market.v1.TradingState', QUOTES],
  ['weir.v1.method', 'weir/v1/options.proto'],
  ['grpc.health.v1.Health', 'health/v1/health.proto'],
])('%s is in %s', (symbol, file) => {
  expect(filesOf(index.fileContainingSymbol(symbol))?.[0]?.name).toBe(file);
});

test.each([['market.v1.Nothing'], ['market.v1.QuoteService.Nothing'], ['market.v1'], ['']])(
  'there is no "%s"',
  (symbol) => {
    expect(index.fileContainingSymbol(symbol)).toBeUndefined();
  },
);

test('a file comes with all it imports, each once, and with its options', () => {
  const files = filesOf(index.fileByName(QUOTES)) ?? [];
  const names = files.map(({ name }) => name);
  expect(names[0]).toBe(QUOTES);
  expect(new Set(names).size).toBe(names.length);
  const imported = files.flatMap(({ dependency }) => dependency);
  expect(imported.filter((name) => !names.includes(name))).toEqual([]);
  const getQuote = files[0]?.service[0]?.method[0];
  expect(getQuote?.options?.idempotencyLevel).toBe(MethodOptions_IdempotencyLevel.NO_SIDE_EFFECTS);
  // Weir's own options, which this file's reader does not know, are kept as they were compiled.
  expect(getQuote?.options?.$unknown?.map(({ no }) => no)).toContain(50502);
});

test('extensions are found by what they extend', () => {
  const options = 'google.protobuf.MethodOptions';
  expect(filesOf(index.fileContainingExtension(options, 50502))?.[0]?.name).toBe(
    'weir/v1/options.proto',
  );
  expect(index.extensionNumbers(options)).toContain(50502);
  expect(index.fileContainingExtension(options, 1)).toBeUndefined();
  expect(index.extensionNumbers('market.v1.Nothing')).toBeUndefined();
});
