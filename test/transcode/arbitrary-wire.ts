// Random bytes that are a message of a random contract, as any writer may have put them: fields in any order
// and more than once, lists packed or not, map entries with parts missing, numbers that an enum does not have.
import { fromJson, toBinary } from '@bufbuild/protobuf';
import fc from 'fast-check';
import {
  type ContractSpec,
  type FieldSpec,
  fieldNumbers,
  isClosed,
  isExtension,
  isRequired,
  type Scalar,
  type ValueSpec,
} from './arbitrary-contract.ts';
import { WELL_KNOWN_JSON } from './arbitrary-json.ts';
import { WELL_KNOWN_TYPES } from './build-contract.ts';

const DEEPEST = 2;
const VARINT = 0;
const BITS_64 = 1;
const LENGTH = 2;
const GROUP_START = 3;
const GROUP_END = 4;
const BITS_32 = 5;

/** What the contract's enum declares. */
const ENUM_NUMBERS = [0n, 1n, 70000n, -5n];

function varint(value: bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, value);
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return Uint8Array.from([...bytes, Number(rest)]);
}

function tag(number: number, wireType: number): Uint8Array {
  return varint(BigInt(number * 8 + wireType));
}

function withLength(bytes: Uint8Array): Uint8Array {
  return Buffer.concat([varint(BigInt(bytes.length)), bytes]);
}

const anyVarint = fc
  .oneof(
    fc.bigInt({ min: -200n, max: 200n }),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }),
  )
  .map(varint);
const fixed = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
// Sixteenths, whose shortest decimals are the same as floats and as doubles.
const float = fc.integer({ min: -100_000, max: 100_000 }).map((sixteenths) => {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(sixteenths / 16);
  return bytes;
});
const text = fc
  .oneof(fc.string(), fc.string({ unit: 'grapheme' }), fc.constantFrom('', 'é', '"\\\n', '🍎'))
  .map((each) => withLength(Buffer.from(each)));

/** A value as it stands after its tag. */
function scalarBytes(scalar: Scalar): fc.Arbitrary<Uint8Array> {
  switch (wireTypeOf({ kind: 'scalar', scalar })) {
    case BITS_64:
      return fixed(8);
    case BITS_32:
      return scalar === 'float' ? float : fixed(4);
    case LENGTH:
      return scalar === 'string' ? text : fc.uint8Array({ maxLength: 20 }).map(withLength);
    default:
      return anyVarint;
  }
}

function wireTypeOf(value: ValueSpec): number {
  if (value.kind === 'enum' || value.kind === 'nullValue') return VARINT;
  if (value.kind !== 'scalar') return LENGTH;
  if (/^(double|s?fixed64)$/.test(value.scalar)) return BITS_64;
  if (/^(float|s?fixed32)$/.test(value.scalar)) return BITS_32;
  return /^(string|bytes)$/.test(value.scalar) ? LENGTH : VARINT;
}

function wellKnownBytes(name: keyof typeof WELL_KNOWN_JSON): fc.Arbitrary<Uint8Array> {
  const type = WELL_KNOWN_TYPES.getMessage(`google.protobuf.${name}`);
  if (type === undefined) throw new Error(`There is no google.protobuf.${name}.`);
  return WELL_KNOWN_JSON[name].map((json) =>
    toBinary(type, fromJson(type, JSON.parse(json), { registry: WELL_KNOWN_TYPES })),
  );
}

/** A value after its tag; a message with its length. */
function valueBytes(
  value: ValueSpec,
  contract: ContractSpec,
  depth: number,
): fc.Arbitrary<Uint8Array> {
  switch (value.kind) {
    case 'scalar':
      return scalarBytes(value.scalar);
    case 'enum':
      return fc.constantFrom(...ENUM_NUMBERS, 99n, -(2n ** 31n)).map(varint);
    case 'nullValue':
      return fc.constant(varint(0n));
    case 'wellKnown':
      return wellKnownBytes(value.name).map(withLength);
    case 'message':
      return messageBytes(contract, depth + 1).map(withLength);
  }
}

/**
 * A number that a closed enum lacks is an unknown field, an item or an entry not less, which the conformance
 * suite proves; the reference keeps it in lists, maps and extensions, so there is none in them here, and none where
 * it would leave a required field out.
 */
function occurrenceBytes(
  spec: FieldSpec,
  contract: ContractSpec,
  depth: number,
): fc.Arbitrary<Uint8Array> {
  const isKept = /^(list|map|required)$/.test(spec.shape) || isExtension(spec, contract.syntax);
  if (isKept && spec.value.kind === 'enum' && isClosed(contract)) {
    return fc.constantFrom(...ENUM_NUMBERS).map(varint);
  }
  return valueBytes(spec.value, contract, depth);
}

/** Whether a sub-message stands between tags instead of after its length. */
function isDelimited({ shape, value }: FieldSpec, { syntax, features }: ContractSpec): boolean {
  if (shape === 'map' || (value.kind !== 'message' && value.kind !== 'wellKnown')) return false;
  const own = value.kind === 'message' && value.delimited;
  return syntax === 'proto2' ? own : syntax === 'editions' && (own || features.delimited);
}

/** One occurrence of a field with its tag. */
function fieldBytes(
  spec: FieldSpec,
  number: number,
  contract: ContractSpec,
  depth: number,
): fc.Arbitrary<Uint8Array> {
  if (spec.shape === 'map') return entryBytes(spec, number, contract, depth);
  const wireType = wireTypeOf(spec.value);
  if (isDelimited(spec, contract)) {
    const content =
      spec.value.kind === 'wellKnown'
        ? wellKnownBytes(spec.value.name)
        : messageBytes(contract, depth + 1);
    return content.map((bytes) =>
      Buffer.concat([tag(number, GROUP_START), bytes, tag(number, GROUP_END)]),
    );
  }
  const value = occurrenceBytes(spec, contract, depth);
  const single = value.map((bytes) => Buffer.concat([tag(number, wireType), bytes]));
  if (spec.shape !== 'list' || wireType === LENGTH) return single;
  const run = fc
    .array(value, { maxLength: 4 })
    .map((items) => Buffer.concat([tag(number, LENGTH), withLength(Buffer.concat(items))]));
  return fc.oneof(single, run);
}

/** An entry with its key, its value, both in either order, one of them twice, or neither. */
function entryBytes(
  spec: FieldSpec,
  number: number,
  contract: ContractSpec,
  depth: number,
): fc.Arbitrary<Uint8Array> {
  const key: ValueSpec = { kind: 'scalar', scalar: spec.key };
  const keyBytes = scalarBytes(spec.key).map((bytes) =>
    Buffer.concat([tag(1, wireTypeOf(key)), bytes]),
  );
  const value = occurrenceBytes(spec, contract, depth).map((bytes) =>
    Buffer.concat([tag(2, wireTypeOf(spec.value)), bytes]),
  );
  const parts = fc.array(fc.oneof(keyBytes, value, unknownField), { maxLength: 3 });
  // An empty message may have no JSON (a Value without a kind, a required field missing), and then is refused
  // even where a later entry of the same key would take its place.
  const needsValue =
    spec.value.kind === 'message' ||
    (spec.value.kind === 'wellKnown' && spec.value.name === 'Value');
  return fc
    .tuple(parts, needsValue ? value : fc.constant(new Uint8Array()))
    .map(([some, last]) =>
      Buffer.concat([tag(number, LENGTH), withLength(Buffer.concat([...some, last]))]),
    );
}

const UNKNOWN = 20_000;
const unknownField = fc.oneof(
  anyVarint.map((bytes) => Buffer.concat([tag(UNKNOWN, VARINT), bytes])),
  fixed(8).map((bytes) => Buffer.concat([tag(UNKNOWN, BITS_64), bytes])),
  fc
    .uint8Array({ maxLength: 9 })
    .map((bytes) => Buffer.concat([tag(UNKNOWN, LENGTH), withLength(bytes)])),
  anyVarint.map((bytes) =>
    Buffer.concat([
      tag(UNKNOWN, GROUP_START),
      tag(UNKNOWN, VARINT),
      bytes,
      tag(UNKNOWN, GROUP_END),
    ]),
  ),
);

/** The bytes of the contract's `M`, without a length. */
export function messageBytes(contract: ContractSpec, depth = 0): fc.Arbitrary<Uint8Array> {
  const numbers = fieldNumbers(contract.fields);
  const isAtEnd = depth >= DEEPEST;
  const fields = contract.fields.flatMap((spec, i) =>
    isAtEnd && spec.value.kind === 'message'
      ? []
      : [fieldBytes(spec, numbers[i] ?? 0, contract, depth)],
  );
  const required = contract.fields.flatMap((spec, i) =>
    isRequired(spec, contract.syntax) ? [fieldBytes(spec, numbers[i] ?? 0, contract, depth)] : [],
  );
  return fc
    .tuple(
      fc.tuple(...required),
      fc.array(fc.oneof(unknownField, ...fields), { maxLength: depth === 0 ? 10 : 3 }),
    )
    .map(([some, more]) => Buffer.concat([...some, ...more]));
}
