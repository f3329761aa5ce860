// A field on the wire with another wire type than its contract says is an unknown field
// (https://protobuf.dev/programming-guides/encoding/#structure), for every kind of field and on both engines.
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { describe, expect, test } from 'vitest';
import { createTranscoder } from '../../src/transcode/transcoder.ts';
import type { FieldSpec, ValueSpec } from './arbitrary-contract.ts';
import { buildContract } from './build-contract.ts';

/** The field's number, as `fieldNumbers` gives it to the first. */
const NUMBER = 1;

/** One field of each wire type. */
const FIELDS: readonly [wireType: WireType, bytes: Uint8Array][] = [
  [WireType.Varint, new BinaryWriter().tag(NUMBER, WireType.Varint).uint32(1).finish()],
  [WireType.Bit64, new BinaryWriter().tag(NUMBER, WireType.Bit64).double(1).finish()],
  [WireType.Bit32, new BinaryWriter().tag(NUMBER, WireType.Bit32).float(1).finish()],
  [
    WireType.LengthDelimited,
    new BinaryWriter().tag(NUMBER, WireType.LengthDelimited).string('12345678').finish(),
  ],
  [
    WireType.StartGroup,
    new BinaryWriter().tag(NUMBER, WireType.StartGroup).tag(NUMBER, WireType.EndGroup).finish(),
  ],
];

const SHAPES = ['singular', 'optional', 'oneof', 'list', 'map'] as const;

const VALUES: readonly [title: string, value: ValueSpec, wireType: WireType][] = [
  ['int32', { kind: 'scalar', scalar: 'int32' }, WireType.Varint],
  ['bool', { kind: 'scalar', scalar: 'bool' }, WireType.Varint],
  ['sint64', { kind: 'scalar', scalar: 'sint64' }, WireType.Varint],
  ['enum', { kind: 'enum' }, WireType.Varint],
  ['float', { kind: 'scalar', scalar: 'float' }, WireType.Bit32],
  ['fixed64', { kind: 'scalar', scalar: 'fixed64' }, WireType.Bit64],
  ['string', { kind: 'scalar', scalar: 'string' }, WireType.LengthDelimited],
  ['bytes', { kind: 'scalar', scalar: 'bytes' }, WireType.LengthDelimited],
  ['message', { kind: 'message', delimited: false }, WireType.LengthDelimited],
  ['group', { kind: 'message', delimited: true }, WireType.StartGroup],
  ['Timestamp', { kind: 'wellKnown', name: 'Timestamp' }, WireType.LengthDelimited],
];

const CASES = SHAPES.flatMap((shape) =>
  VALUES.flatMap(([title, value, wireType]) => {
    const isPackable = wireType !== WireType.LengthDelimited && wireType !== WireType.StartGroup;
    const own =
      shape === 'map'
        ? [WireType.LengthDelimited]
        : [wireType, ...(shape === 'list' && isPackable ? [WireType.LengthDelimited] : [])];
    return FIELDS.filter(([each]) => !own.includes(each)).map(
      ([each, bytes]) => [shape, title, each, value, bytes] as const,
    );
  }),
);

describe.each([
  ['compiled', true],
  ['interpreted', false],
])('%s', (_, compiles) => {
  test.each(CASES)('%s %s of wire type %i is unknown', (shape, _title, _wireType, value, bytes) => {
    const field: FieldSpec = {
      shape,
      value,
      key: 'string',
      packed: false,
      verifiesUtf8: true,
      extends: false,
      hasDefault: false,
      jsonName: undefined,
      gap: 0,
    };
    const features = { implicit: false, delimited: false, expanded: false, closed: false };
    const { registry, message } = buildContract({
      syntax: 'proto2',
      features,
      firstEnumNumber: 0,
      fields: [field],
    });
    const { decode } = createTranscoder(registry, { compiles }).codec(message);
    expect(decode(bytes)).toBe(decode(new Uint8Array()));
  });
});
