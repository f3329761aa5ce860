// A value on the wire that a later one replaces is no part of the answer. It must be sound all the same, as in
// every protobuf parser (https://protobuf.dev/programming-guides/encoding/#last-one-wins), but need not be
// sayable in JSON. On both engines, and as the reference has it.
import { fromBinary, toJson } from '@bufbuild/protobuf';
import { BinaryWriter } from '@bufbuild/protobuf/wire';
import { describe, expect, test } from 'vitest';
import { createTranscoder } from '../../src/transcode/transcoder.ts';
import { loadSampleContracts, messageOf } from './sample-contracts.ts';

const registry = loadSampleContracts();
const INSTRUMENT = 'market.v1.Instrument';
const STRUCT = 'google.protobuf.Struct';
const VALUE = 'google.protobuf.Value';

const NO_KIND = new Uint8Array();
const NAN = new BinaryWriter().tag(2, 1).double(Number.NaN).finish();
const TRUE = new BinaryWriter().tag(4, 0).bool(true).finish();
/** A text of one byte that is not UTF-8. */
const WRONG_TEXT = Uint8Array.of(0xff);
/** Wire type 7 does not exist. */
const MALFORMED = Uint8Array.of(0x0f);

function entry(key: string | Uint8Array, value: Uint8Array): Uint8Array {
  const keyBytes = typeof key === 'string' ? Buffer.from(key) : key;
  return new BinaryWriter().tag(1, 2).bytes(keyBytes).tag(2, 2).bytes(value).finish();
}

function fields(number: number, ...values: Uint8Array[]): Uint8Array {
  const writer = new BinaryWriter();
  for (const value of values) writer.tag(number, 2).bytes(value);
  return writer.finish();
}

function text(...characters: (string | Uint8Array)[]): Uint8Array[] {
  return characters.map((each) => Buffer.from(each));
}

const struct = (...entries: Uint8Array[]) => fields(1, ...entries);
const value = (...members: (readonly [number: number, bytes: Uint8Array])[]) =>
  Buffer.concat(members.map(([number, bytes]) => fields(number, bytes)));

const TAKEN: readonly [title: string, type: string, bytes: Uint8Array, json: unknown][] = [
  ['a map value of no kind', STRUCT, struct(entry('a', NO_KIND), entry('a', TRUE)), { a: true }],
  ['a map value that is NaN', STRUCT, struct(entry('a', NAN), entry('a', TRUE)), { a: true }],
  [
    'a map value that is NaN deep within',
    STRUCT,
    struct(entry('a', value([5, struct(entry('b', NAN))])), entry('a', TRUE)),
    { a: true },
  ],
  [
    'a member of a oneof with a value of no kind',
    VALUE,
    Buffer.concat([value([5, struct(entry('b', NO_KIND))]), TRUE]),
    true,
  ],
  ['a member of a oneof', VALUE, Buffer.concat([value([5, struct(entry('b', TRUE))]), TRUE]), true],
  [
    'strings that are not ASCII',
    VALUE,
    value([3, Buffer.from('é')], [3, Buffer.from('ü')], [3, Buffer.from('"ö')]),
    '"ö',
  ],
];

const REFUSED: readonly [title: string, type: string, bytes: Uint8Array][] = [
  ['a map value of no kind that stays', STRUCT, struct(entry('a', TRUE), entry('a', NO_KIND))],
  ['another key of no kind', STRUCT, struct(entry('a', NO_KIND), entry('b', TRUE))],
  ['a map value that is malformed', STRUCT, struct(entry('a', MALFORMED), entry('a', TRUE))],
  ['a member of a oneof that is malformed', VALUE, Buffer.concat([value([5, MALFORMED]), TRUE])],
  [
    'a malformed member of a oneof between others',
    VALUE,
    value([6, NO_KIND], [5, MALFORMED], [6, NO_KIND]),
  ],
  ['a string', INSTRUMENT, fields(1, ...text(WRONG_TEXT, 'A'))],
  ['a string in a oneof', VALUE, value([3, WRONG_TEXT], [3, Buffer.from('A')])],
  ['a string in a oneof, by a message', VALUE, value([3, WRONG_TEXT], [5, NO_KIND])],
  [
    'a string within a member of a oneof',
    VALUE,
    value([5, struct(entry(WRONG_TEXT, TRUE))], [6, NO_KIND]),
  ],
  [
    'a string in a map',
    INSTRUMENT,
    fields(12, entry('a', WRONG_TEXT), entry('a', Buffer.from('A'))),
  ],
  [
    'the key of an entry',
    INSTRUMENT,
    fields(12, Buffer.concat([fields(1, WRONG_TEXT), entry('a', NO_KIND)])),
  ],
  [
    'the value of an entry',
    INSTRUMENT,
    fields(12, Buffer.concat([fields(2, WRONG_TEXT), entry('a', NO_KIND)])),
  ],
];

describe.each([
  ['compiled', true],
  ['interpreted', false],
])('%s', (_, compiles) => {
  const transcoder = createTranscoder(registry, { compiles });

  test.each(TAKEN)('%s may be replaced', (_title, type, bytes, json) => {
    expect(JSON.parse(transcoder.codec(messageOf(registry, type)).decode(bytes))).toEqual(json);
  });

  test.each(REFUSED)('%s is refused, replaced or not', (_title, type, bytes) => {
    const { decode } = transcoder.codec(messageOf(registry, type));
    expect(() => decode(bytes)).toThrow(expect.objectContaining({ code: 'INTERNAL' }));
  });
});

describe('the reference', () => {
  const decode = (type: string, bytes: Uint8Array) =>
    toJson(messageOf(registry, type), fromBinary(messageOf(registry, type), bytes), { registry });

  test.each(TAKEN)('%s may be replaced', (_title, type, bytes, json) => {
    expect(decode(type, bytes)).toEqual(json);
  });

  test.each(REFUSED)('%s is refused, replaced or not', (_title, type, bytes) => {
    expect(() => decode(type, bytes)).toThrow();
  });
});
