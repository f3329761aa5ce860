// What a random contract is made of: one message `M` with random fields of every kind, in proto2, proto3 or an edition.
import { FieldDescriptorProto_Type as Type } from '@bufbuild/protobuf/wkt';
import fc from 'fast-check';

export const SYNTAXES = ['proto2', 'proto3', 'editions'] as const;

/** Names that would do harm if they became code, or that every JavaScript object has already. */
const ODD_NAMES = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  `it's "quoted" \\ \``,
  '\u2028',
  `$\{d}`,
  "'];process.exit(1);//",
  'größe',
];

/** Scalar types by the name that the transcoder's plan has for them. */
export const SCALARS = {
  double: Type.DOUBLE,
  float: Type.FLOAT,
  int64: Type.INT64,
  uint64: Type.UINT64,
  int32: Type.INT32,
  fixed64: Type.FIXED64,
  fixed32: Type.FIXED32,
  bool: Type.BOOL,
  string: Type.STRING,
  bytes: Type.BYTES,
  uint32: Type.UINT32,
  sfixed32: Type.SFIXED32,
  sfixed64: Type.SFIXED64,
  sint32: Type.SINT32,
  sint64: Type.SINT64,
} as const;

export type Scalar = keyof typeof SCALARS;
const scalar = fc.constantFrom(...Object.keys(SCALARS).filter(isScalar));

function isScalar(name: string): name is Scalar {
  return name in SCALARS;
}

const KEYS = [
  'int32',
  'int64',
  'uint32',
  'uint64',
  'sint32',
  'sint64',
  'fixed32',
  'fixed64',
  'sfixed32',
  'sfixed64',
  'bool',
  'string',
] as const;

const WELL_KNOWN = [
  'Timestamp',
  'Duration',
  'FieldMask',
  'Struct',
  'Value',
  'ListValue',
  'DoubleValue',
  'FloatValue',
  'Int64Value',
  'UInt64Value',
  'Int32Value',
  'UInt32Value',
  'BoolValue',
  'StringValue',
  'BytesValue',
  'Empty',
  'Any',
] as const;

export type WellKnown = (typeof WELL_KNOWN)[number];

export type ValueSpec =
  | { readonly kind: 'scalar'; readonly scalar: Scalar }
  | { readonly kind: 'enum' }
  | { readonly kind: 'nullValue' }
  | { readonly kind: 'message'; readonly delimited: boolean }
  | { readonly kind: 'wellKnown'; readonly name: WellKnown };

const value: fc.Arbitrary<ValueSpec> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('scalar' as const), scalar }) },
  { weight: 2, arbitrary: fc.constant({ kind: 'enum' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'nullValue' as const }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('message' as const), delimited: fc.boolean() }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('wellKnown' as const),
      name: fc.constantFrom(...WELL_KNOWN),
    }),
  },
);

export interface FieldSpec {
  readonly shape: 'singular' | 'optional' | 'oneof' | 'list' | 'map' | 'required';
  readonly value: ValueSpec;
  readonly key: (typeof KEYS)[number];
  readonly packed: boolean;
  readonly verifiesUtf8: boolean;
  /** Declared outside of `M`, where the syntax and the shape allow it. */
  readonly extends: boolean;
  /** With a default value of its own, where the syntax and the shape allow it. */
  readonly hasDefault: boolean;
  readonly jsonName: string | undefined;
  readonly gap: number;
}

const field: fc.Arbitrary<FieldSpec> = fc.record({
  shape: fc.constantFrom('singular', 'singular', 'optional', 'oneof', 'list', 'map', 'required'),
  value,
  key: fc.constantFrom(...KEYS),
  packed: fc.boolean(),
  verifiesUtf8: fc.boolean(),
  extends: fc.nat(4).map((each) => each === 0),
  hasDefault: fc.boolean(),
  jsonName: fc.option(fc.constantFrom(...ODD_NAMES), { nil: undefined, freq: 4 }),
  gap: fc.constantFrom(0, 0, 0, 1, 20, 3000),
});

/** Features that a whole file sets, for an edition. */
export interface FileFeatures {
  readonly implicit: boolean;
  readonly delimited: boolean;
  readonly expanded: boolean;
  readonly closed: boolean;
}

export interface ContractSpec {
  readonly syntax: (typeof SYNTAXES)[number];
  readonly features: FileFeatures;
  /** The number of the enum's first value; closed enums may begin with any. */
  readonly firstEnumNumber: 0 | 1;
  readonly fields: readonly FieldSpec[];
}

export const contractSpec: fc.Arbitrary<ContractSpec> = fc.record({
  syntax: fc.constantFrom(...SYNTAXES),
  features: fc.record({
    implicit: fc.boolean(),
    delimited: fc.boolean(),
    expanded: fc.boolean(),
    closed: fc.boolean(),
  }),
  firstEnumNumber: fc.constantFrom(0, 1),
  fields: fc.uniqueArray(field, {
    maxLength: 8,
    selector: (each) => each.jsonName ?? Symbol('unnamed'),
  }),
});

type Syntax = ContractSpec['syntax'];

export function isRequired({ shape, value }: FieldSpec, syntax: Syntax): boolean {
  // A message that must hold itself has no end.
  return shape === 'required' && syntax !== 'proto3' && value.kind !== 'message';
}

export function isExtension(spec: FieldSpec, syntax: Syntax): boolean {
  return spec.extends && syntax !== 'proto3' && /^(singular|optional|list)$/.test(spec.shape);
}

export function isClosed({ syntax, features }: ContractSpec): boolean {
  return syntax === 'proto2' || (syntax === 'editions' && features.closed);
}

/** The keys that ProtoJSON takes for a field. */
export function jsonNamesOf(spec: FieldSpec, i: number, syntax: Syntax): readonly string[] {
  if (isExtension(spec, syntax)) return [`[p.field_${i}]`];
  return [spec.jsonName ?? `field${i}`, `field_${i}`];
}

/** The numbers of the fields, in their order. */
export function fieldNumbers(fields: readonly FieldSpec[]): readonly number[] {
  let number = 0;
  return fields.map(({ gap }) => {
    number += 1 + gap;
    return number;
  });
}
