// Random contracts: one message `M` with random fields of every kind, in proto2, proto3 or edition 2023.
import {
  create,
  createFileRegistry,
  type DescMessage,
  type FileRegistry,
} from '@bufbuild/protobuf';
import {
  Edition,
  FeatureSet_FieldPresence,
  FeatureSet_MessageEncoding,
  FeatureSetSchema,
  FieldDescriptorProtoSchema,
  FieldOptionsSchema,
  FileDescriptorProtoSchema,
  file_google_protobuf_duration,
  file_google_protobuf_field_mask,
  file_google_protobuf_struct,
  file_google_protobuf_timestamp,
  file_google_protobuf_wrappers,
  FieldDescriptorProto_Label as Label,
  FieldDescriptorProto_Type as Type,
} from '@bufbuild/protobuf/wkt';
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
  'Int64Value',
  'UInt32Value',
  'BoolValue',
  'StringValue',
  'BytesValue',
] as const;

export type ValueSpec =
  | { readonly kind: 'scalar'; readonly scalar: Scalar }
  | { readonly kind: 'enum' }
  | { readonly kind: 'message'; readonly delimited: boolean }
  | { readonly kind: 'wellKnown'; readonly name: (typeof WELL_KNOWN)[number] };

const value: fc.Arbitrary<ValueSpec> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('scalar' as const), scalar }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'enum' as const }) },
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
  readonly jsonName: string | undefined;
  readonly gap: number;
}

const field: fc.Arbitrary<FieldSpec> = fc.record({
  shape: fc.constantFrom('singular', 'singular', 'optional', 'oneof', 'list', 'map', 'required'),
  value,
  key: fc.constantFrom(...KEYS),
  packed: fc.boolean(),
  jsonName: fc.option(fc.constantFrom(...ODD_NAMES), { nil: undefined, freq: 4 }),
  gap: fc.constantFrom(0, 0, 0, 1, 20, 3000),
});

export interface ContractSpec {
  readonly syntax: (typeof SYNTAXES)[number];
  readonly fields: readonly FieldSpec[];
}

export const contractSpec: fc.Arbitrary<ContractSpec> = fc.record({
  syntax: fc.constantFrom(...SYNTAXES),
  fields: fc.uniqueArray(field, {
    maxLength: 8,
    selector: (each) => each.jsonName ?? Symbol('unnamed'),
  }),
});

export interface Contract {
  readonly registry: FileRegistry;
  readonly message: DescMessage;
}

export const IMPORTS = [
  file_google_protobuf_timestamp,
  file_google_protobuf_duration,
  file_google_protobuf_field_mask,
  file_google_protobuf_struct,
  file_google_protobuf_wrappers,
];

/** Builds the descriptors. `M` may hold itself; the numbers of the enum have gaps. */
export function buildContract({ syntax, fields }: ContractSpec): Contract {
  const oneofs = oneofNames(fields, syntax);
  let number = 0;
  const file = create(FileDescriptorProtoSchema, {
    name: 'm.proto',
    package: 'p',
    syntax: syntax === 'proto2' ? '' : syntax,
    ...(syntax === 'editions' ? { edition: Edition.EDITION_2023 } : {}),
    dependency: IMPORTS.map((each) => each.proto.name),
    enumType: [
      {
        name: 'E',
        value: [
          { name: 'ZERO', number: 0 },
          { name: 'ONE', number: 1 },
          { name: 'FAR', number: 70000 },
          { name: 'BELOW', number: -5 },
        ],
      },
    ],
    messageType: [
      {
        name: 'M',
        field: fields.map((spec, i) => {
          number += 1 + spec.gap;
          return buildField(spec, i, number, syntax, oneofs);
        }),
        nestedType: fields.flatMap((spec, i) => (spec.shape === 'map' ? [mapEntry(i, spec)] : [])),
        oneofDecl: oneofs.map((name) => ({ name })),
      },
    ],
  });
  const own = createFileRegistry(file, findImport);
  const imported = IMPORTS.map((each) => createFileRegistry(each.proto, findImport));
  const message = own.getMessage('p.M');
  if (message === undefined) throw new Error('The contract has no M.');
  return { registry: createFileRegistry(...imported, own), message };
}

function findImport(name: string) {
  return IMPORTS.find((each) => each.proto.name === name);
}

/** One real oneof, and in proto3 a synthetic one for each optional field. */
function oneofNames(fields: readonly FieldSpec[], syntax: ContractSpec['syntax']): string[] {
  const real = fields.some((spec) => spec.shape === 'oneof') ? ['choice'] : [];
  if (syntax !== 'proto3') return real;
  return [
    ...real,
    ...fields.flatMap((spec, i) => (spec.shape === 'optional' ? [`_field_${i}`] : [])),
  ];
}

export function isRequired({ shape, value }: FieldSpec, syntax: ContractSpec['syntax']): boolean {
  return shape === 'required' && syntax !== 'proto3' && value.kind === 'scalar';
}

function buildField(
  spec: FieldSpec,
  i: number,
  number: number,
  syntax: ContractSpec['syntax'],
  oneofs: readonly string[],
) {
  const isMap = spec.shape === 'map';
  const type = isMap
    ? { type: Type.MESSAGE, typeName: `.p.M.Field${i}Entry` }
    : typeOf(spec.value, syntax);
  const isOptional = syntax === 'proto3' && spec.shape === 'optional';
  const singular =
    isRequired(spec, syntax) && syntax === 'proto2' ? Label.REQUIRED : Label.OPTIONAL;
  return create(FieldDescriptorProtoSchema, {
    name: `field_${i}`,
    number,
    ...type,
    label: isMap || spec.shape === 'list' ? Label.REPEATED : singular,
    jsonName: spec.jsonName ?? `field${i}`,
    ...(spec.shape === 'oneof' ? { oneofIndex: oneofs.indexOf('choice') } : {}),
    ...(isOptional ? { proto3Optional: true, oneofIndex: oneofs.indexOf(`_field_${i}`) } : {}),
    options: optionsOf(spec, syntax),
  });
}

function typeOf(spec: ValueSpec, syntax: ContractSpec['syntax']) {
  switch (spec.kind) {
    case 'scalar':
      return { type: SCALARS[spec.scalar] };
    case 'enum':
      return { type: Type.ENUM, typeName: '.p.E' };
    case 'wellKnown':
      return { type: Type.MESSAGE, typeName: `.google.protobuf.${spec.name}` };
    case 'message':
      return {
        type: spec.delimited && syntax === 'proto2' ? Type.GROUP : Type.MESSAGE,
        typeName: '.p.M',
      };
  }
}

function optionsOf(spec: FieldSpec, syntax: ContractSpec['syntax']) {
  const isPackable =
    spec.shape === 'list' &&
    (spec.value.kind === 'enum' ||
      (spec.value.kind === 'scalar' && !['string', 'bytes'].includes(spec.value.scalar)));
  if (syntax !== 'editions') {
    return create(FieldOptionsSchema, isPackable ? { packed: spec.packed } : {});
  }
  const isPlain =
    spec.shape === 'singular' && (spec.value.kind === 'scalar' || spec.value.kind === 'enum');
  const isDelimited = spec.shape !== 'map' && spec.value.kind === 'message' && spec.value.delimited;
  return create(FieldOptionsSchema, {
    features: create(FeatureSetSchema, {
      ...(isPlain ? { fieldPresence: FeatureSet_FieldPresence.IMPLICIT } : {}),
      ...(isRequired(spec, syntax)
        ? { fieldPresence: FeatureSet_FieldPresence.LEGACY_REQUIRED }
        : {}),
      ...(isDelimited ? { messageEncoding: FeatureSet_MessageEncoding.DELIMITED } : {}),
    }),
  });
}

function mapEntry(i: number, spec: FieldSpec) {
  const value = typeOf(spec.value, 'proto3');
  return {
    name: `Field${i}Entry`,
    options: { mapEntry: true },
    field: [
      { name: 'key', number: 1, label: Label.OPTIONAL, type: SCALARS[spec.key] },
      { name: 'value', number: 2, label: Label.OPTIONAL, ...value },
    ],
  };
}
