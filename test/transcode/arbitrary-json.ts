// Random ProtoJSON texts for a random contract, valid ones and ones with one thing wrong.
import fc from 'fast-check';
import {
  type ContractSpec,
  type FieldSpec,
  isClosed,
  isExtension,
  isRequired,
  jsonNamesOf,
  type Scalar,
  type ValueSpec,
  type WellKnown,
} from './arbitrary-contract.ts';

const DEEPEST = 3;

const quoted = (text: fc.Arbitrary<string>) => text.map((each) => JSON.stringify(each));
const string = quoted(
  fc.oneof(
    fc.string(),
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom(
      '',
      '"\\\n\u0000\u007f',
      'é',
      '株式会社',
      '🍎',
      'a'.repeat(200),
      `${'x'.repeat(130)}"é`,
    ),
  ),
);
const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
const special = fc.constantFrom('"NaN"', '"Infinity"', '"-Infinity"', '0', '-0', '1e300');

function integer(min: bigint, max: bigint): fc.Arbitrary<string> {
  const some = fc.oneof(
    fc.bigInt({ min, max }),
    fc.constantFrom(min, max, 0n, 1n, 127n, 128n),
    fc.bigInt({ min: min < 0n ? -200n : 0n, max: 200n }),
  );
  return fc.tuple(some, fc.boolean()).map(([each, isQuoted]) => {
    const isExact = Number.isSafeInteger(Number(each));
    return isQuoted || !isExact ? `"${each}"` : `${each}`;
  });
}

const INT32 = integer(-(2n ** 31n), 2n ** 31n - 1n);
const UINT32 = integer(0n, 2n ** 32n - 1n);
const INT64 = integer(-(2n ** 63n), 2n ** 63n - 1n);
const UINT64 = integer(0n, 2n ** 64n - 1n);

export const SCALAR_JSON: Readonly<Record<Scalar, fc.Arbitrary<string>>> = {
  double: fc.oneof(finite.map(String), special),
  // Eighths have the same decimals as floats and as doubles; `write-number.test.ts` covers the others.
  float: fc.oneof(
    fc.integer({ min: -1_000_000, max: 1_000_000 }).map((eighths) => `${eighths / 8}`),
    fc.constantFrom('"NaN"', '"Infinity"', '"-Infinity"', '0'),
  ),
  int32: INT32,
  sint32: INT32,
  sfixed32: INT32,
  uint32: UINT32,
  fixed32: UINT32,
  int64: INT64,
  sint64: INT64,
  sfixed64: INT64,
  uint64: UINT64,
  fixed64: UINT64,
  bool: fc.constantFrom('true', 'false'),
  string,
  bytes: fc
    .tuple(fc.uint8Array({ maxLength: 40 }), fc.boolean())
    .map(([bytes, isUrl]) =>
      JSON.stringify(Buffer.from(bytes).toString(isUrl ? 'base64url' : 'base64')),
    ),
};

const anyJson = fc.jsonValue({ maxDepth: 2 }).map((each) => JSON.stringify(each));

export const WELL_KNOWN_JSON: Readonly<Record<WellKnown, fc.Arbitrary<string>>> = {
  Timestamp: fc
    .tuple(
      fc.date({
        min: new Date('0001-01-01T00:00:00Z'),
        max: new Date('9999-12-31T23:59:59Z'),
        noInvalidDate: true,
      }),
      fc.constantFrom('', '.5', '.123456', '.000000001'),
      fc.constantFrom('Z', '+00:00', '-00:00'),
    )
    .map(([date, fraction, zone]) => `"${date.toISOString().slice(0, 19)}${fraction}${zone}"`),
  Duration: fc
    .tuple(
      fc.integer({ min: -1_000_000, max: 315_576_000_000 }),
      fc.constantFrom('', '.5', '.000000001'),
    )
    .map(([seconds, fraction]) => `"${seconds}${fraction}s"`),
  FieldMask: fc
    .array(fc.constantFrom('symbol', 'quotedAt', 'a.bC.d', 'x1'), { maxLength: 3 })
    .map((paths) => JSON.stringify(paths.join(','))),
  Struct: fc
    .dictionary(fc.string(), fc.jsonValue({ maxDepth: 1 }))
    .map((each) => JSON.stringify(each)),
  Value: anyJson,
  ListValue: fc
    .array(fc.jsonValue({ maxDepth: 1 }), { maxLength: 3 })
    .map((each) => JSON.stringify(each)),
  DoubleValue: SCALAR_JSON.double,
  FloatValue: SCALAR_JSON.float,
  Int64Value: INT64,
  UInt64Value: UINT64,
  Int32Value: INT32,
  UInt32Value: UINT32,
  BoolValue: SCALAR_JSON.bool,
  StringValue: string,
  BytesValue: SCALAR_JSON.bytes,
  Empty: fc.constant('{}'),
  Any: fc.constantFrom(
    '{}',
    '{"@type":"type.googleapis.com/google.protobuf.Duration","value":"1.5s"}',
    '{"value":{"a":[1]},"@type":"type.googleapis.com/google.protobuf.Struct"}',
    '{"@type":"type.googleapis.com/google.protobuf.FieldMask","value":"a,bC.d"}',
    '{"@type":"type.googleapis.com/google.protobuf.Value","value":null}',
    '{"@type":"type.googleapis.com/google.protobuf.Any","value":{"@type":"type.googleapis.com/google.protobuf.Timestamp","value":"2026-01-31T14:30:00Z"}}',
  ),
};

/*
 * What the reference does otherwise and on purpose is left out above: it takes null for a wrapper within an
 * Any, unknown keys beside "value", and writes every type URL anew with its own prefix.
 */

/** Any of the contract's own message, whose fields stand beside "@type". */
function ownAny(contract: ContractSpec, depth: number): fc.Arbitrary<string> {
  return fc.tuple(messageJson(contract, depth + 1), fc.boolean()).map(([text, isFirst]) => {
    const type = '"@type":"type.googleapis.com/p.M"';
    if (text === '{}') return `{${type}}`;
    return isFirst ? `{${type},${text.slice(1)}` : `${text.slice(0, -1)},${type}}`;
  });
}

function valueJson(value: ValueSpec, contract: ContractSpec, depth: number): fc.Arbitrary<string> {
  switch (value.kind) {
    case 'scalar':
      return SCALAR_JSON[value.scalar];
    case 'enum':
      return fc.constantFrom(
        ...['"ZERO"', '"ONE"', '"UNO"', '"FAR"', '"far \\"away\\""', '"BELOW"', '0', '1', '-5'],
        ...(isClosed(contract) ? [] : ['99', '-2147483648']),
      );
    case 'nullValue':
      return fc.constantFrom('null', '"NULL_VALUE"', '0');
    case 'wellKnown':
      return value.name === 'Any' && depth < DEEPEST
        ? fc.oneof(WELL_KNOWN_JSON.Any, ownAny(contract, depth))
        : WELL_KNOWN_JSON[value.name];
    case 'message':
      return messageJson(contract, depth + 1);
  }
}

function keyJson({ key }: FieldSpec): fc.Arbitrary<string> {
  if (key === 'bool') return fc.constantFrom('"true"', '"false"');
  if (key === 'string') return string;
  return SCALAR_JSON[key].map((each) => (each.startsWith('"') ? each : `"${each}"`));
}

function fieldJson(spec: FieldSpec, contract: ContractSpec, depth: number): fc.Arbitrary<string> {
  const value = valueJson(spec.value, contract, depth);
  const maxLength = depth === 0 ? 4 : 2;
  if (spec.shape === 'list') {
    return fc.array(value, { maxLength }).map((items) => `[${items.join(',')}]`);
  }
  if (spec.shape === 'map') {
    return fc
      .uniqueArray(fc.tuple(keyJson(spec), value), { maxLength, selector: ([key]) => key })
      .map((entries) => `{${entries.map(([key, each]) => `${key}:${each}`).join(',')}}`);
  }
  return value;
}

/** A JSON text that the contract's `M` accepts. */
export function messageJson(contract: ContractSpec, depth = 0): fc.Arbitrary<string> {
  const { fields, syntax } = contract;
  // Deeper, only what must be there: else no text of a message that holds itself would end.
  const isAtEnd = depth >= DEEPEST;
  const members = fields.map((spec, i) => {
    const name = fc.constantFrom(...jsonNamesOf(spec, i, syntax));
    if (isRequired(spec, syntax)) return fc.tuple(name, fieldJson(spec, contract, depth));
    if (isAtEnd) return fc.constant(undefined);
    const isOften = spec.value.kind !== 'message';
    return fc.option(
      fc.tuple(
        name,
        fc.oneof(
          { weight: 8, arbitrary: fieldJson(spec, contract, depth) },
          // The reference sets an extension to its default where JSON has null for it.
          {
            weight: 1,
            arbitrary: isExtension(spec, syntax)
              ? fieldJson(spec, contract, depth)
              : fc.constant('null'),
          },
        ),
      ),
      { nil: undefined, freq: isOften ? 4 : 1 },
    );
  });
  return fc.tuple(fc.nat(), fc.tuple(...members)).map(([choice, chosen]) => {
    const inOneof = fields.flatMap((spec, i) => (spec.shape === 'oneof' ? [i] : []));
    const kept = inOneof[choice % Math.max(1, inOneof.length)];
    const entries = chosen.flatMap((entry, i) =>
      entry === undefined || (fields[i]?.shape === 'oneof' && i !== kept)
        ? []
        : [`${JSON.stringify(entry[0])}:${entry[1]}`],
    );
    return `{${entries.join(',')}}`;
  });
}

/** JSON values that few types take. */
export const wrongJson = fc.constantFrom(
  'true',
  '"text"',
  '1.5',
  '-1',
  '4294967296',
  '1e400',
  '"2026-13-01T00:00:00Z"',
  '"99999999999999999999"',
  '[]',
  '[null]',
  '{}',
  '{"unknown":1}',
  '{"a":null}',
  '"UNKNOWN_NAME"',
  '{"@type":"type.googleapis.com/google.protobuf.Duration"}',
  '{"@type":"type.googleapis.com/unknown.Type"}',
  '{"@type":1}',
  '{"[p.unknown]":1}',
  '12345',
);
