import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInThisContext } from 'node:vm';
import { createFileRegistry, type DescMessage, fromBinary } from '@bufbuild/protobuf';
import { BinaryWriter } from '@bufbuild/protobuf/wire';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { expect, test } from 'vitest';
import { createTranscoder } from './transcoder.ts';

const root = join(import.meta.dirname, '..', '..');
const descriptorSet = execFileSync('buf', ['build', '--output=-#format=binpb'], {
  cwd: root,
  env: { ...process.env, PATH: `${join(root, 'node_modules', '.bin')}:${process.env.PATH}` },
});
const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, descriptorSet));
const transcoder = createTranscoder(registry);

function message(typeName: string): DescMessage {
  const descriptor = registry.getMessage(typeName);
  if (descriptor === undefined) throw new Error(`no ${typeName} in the sample contracts`);
  return descriptor;
}

test('a message goes out and comes back as canonical ProtoJSON', () => {
  const codec = transcoder.codec(message('market.v1.GetQuoteResponse'));
  const quote = {
    symbol: 'AAPL',
    bid: 1.5,
    ask: 1.75,
    bidSize: 100,
    askSize: 200,
    sequence: '9007199254740993',
    quotedAt: '2026-01-02T03:04:05.678Z',
    state: 'TRADING_STATE_OPEN',
    changeBps: -12,
  };
  expect(codec.decode(codec.encode(quote))).toBe(JSON.stringify(quote));
});

test('a codec is made once', () => {
  const descriptor = message('market.v1.GetQuoteRequest');
  expect(transcoder.codec(descriptor)).toBe(transcoder.codec(descriptor));
});

test.each([undefined, null, {}])('%j is the empty message', (input) => {
  const codec = transcoder.codec(message('market.v1.GetQuoteRequest'));
  expect(codec.encode(input)).toHaveLength(0);
});

test.each([[{ symbol: 1 }], [{ unknown: 1 }], ['text'], [[]]])('%j is refused', (input) => {
  const codec = transcoder.codec(message('market.v1.GetQuoteRequest'));
  expect(() => codec.encode(input)).toThrow(
    expect.objectContaining({ name: 'WeirError', code: 'INVALID_ARGUMENT' }),
  );
});

test('bytes that are no message are an INTERNAL failure of the backend', () => {
  const codec = transcoder.codec(message('market.v1.GetQuoteRequest'));
  expect(() => codec.decode(Uint8Array.of(0x0a, 0x05, 0x41))).toThrow(
    expect.objectContaining({ name: 'WeirError', code: 'INTERNAL', origin: 'backend' }),
  );
});

function statusWith(...details: [typeUrl: string, value: Uint8Array][]): Uint8Array {
  const writer = new BinaryWriter().tag(1, 0).int32(3).tag(2, 2).string('refused');
  for (const [typeUrl, value] of details) {
    writer.tag(3, 2).fork().tag(1, 2).string(typeUrl).tag(2, 2).bytes(value).join();
  }
  return writer.finish();
}

test('status details are decoded where a contract knows the type, and kept where none does', () => {
  const request = transcoder.codec(message('market.v1.GetQuoteRequest'));
  const status = statusWith(
    ['type.googleapis.com/market.v1.GetQuoteRequest', request.encode({ symbol: 'A' })],
    ['type.googleapis.com/nobody.Knows', Uint8Array.of(1, 2, 3)],
    ['type.googleapis.com/market.v1.GetQuoteRequest', Uint8Array.of(0xff)],
  );
  expect(transcoder.decodeStatusDetails(status)).toEqual([
    { '@type': 'type.googleapis.com/market.v1.GetQuoteRequest', symbol: 'A' },
    { '@type': 'type.googleapis.com/nobody.Knows', value: 'AQID' },
    { '@type': 'type.googleapis.com/market.v1.GetQuoteRequest', value: '/w==' },
  ]);
  expect(transcoder.decodeStatusDetails(new Uint8Array())).toEqual([]);
  expect(transcoder.decodeStatusDetails(Uint8Array.of(0xff))).toEqual([]);
});

test('a status detail with a JSON form of its own stands beside its type', () => {
  const url = (name: string) => `type.googleapis.com/google.protobuf.${name}`;
  const encode = (name: string, json: unknown) =>
    transcoder.codec(message(`google.protobuf.${name}`)).encode(json);
  const struct = { '@type': 'mine', reason: 'full' };
  const any = { '@type': url('Duration'), value: '2s' };
  const status = statusWith(
    [url('Struct'), encode('Struct', struct)],
    [url('Any'), encode('Any', any)],
    [url('Duration'), encode('Duration', '2s')],
  );
  expect(transcoder.decodeStatusDetails(status)).toEqual([
    { '@type': url('Struct'), value: struct },
    { '@type': url('Any'), value: any },
    any,
  ]);
});

/** Whether V8 has the text in one piece, and not as a tree of what it was concatenated from. */
function createIsFlat(): (text: string) => boolean {
  setFlagsFromString('--allow-natives-syntax');
  return runInThisContext('(text) => %StringIsFlat(text)');
}

test.each([1, 1_000])('the JSON text of %d instruments comes in one piece', (count) => {
  const isFlat = createIsFlat();
  const codec = transcoder.codec(message('market.v1.ListInstrumentsResponse'));
  const instruments = Array.from({ length: count }, () => ({ symbol: 'AAPL' }));
  const text = codec.decode(codec.encode({ instruments }));
  expect(isFlat(text)).toBe(true);
  // Shows that the answer can be no.
  expect(isFlat(`${text},${text}`)).toBe(false);
});

test('texts still come in one piece once the code is optimised', () => {
  const isFlat = createIsFlat();
  const codec = transcoder.codec(message('market.v1.GetQuoteResponse'));
  const bytes = codec.encode({ symbol: 'AAPL', bid: 1.5, quotedAt: '2026-01-02T03:04:05Z' });
  let trees = 0;
  for (let run = 0; run < 50_000; run++) if (!isFlat(codec.decode(bytes))) trees++;
  expect(trees).toBe(0);
});
