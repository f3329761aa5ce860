// The descriptors of a random contract.
import {
  create,
  createFileRegistry,
  type DescMessage,
  type FileRegistry,
} from '@bufbuild/protobuf';
import { BinaryWriter } from '@bufbuild/protobuf/wire';
import {
  Edition,
  EnumValueOptionsSchema,
  FeatureSet_EnumType,
  FeatureSet_FieldPresence,
  FeatureSet_MessageEncoding,
  FeatureSet_RepeatedFieldEncoding,
  FeatureSet_Utf8Validation,
  FeatureSetSchema,
  FieldDescriptorProtoSchema,
  FieldOptionsSchema,
  FileDescriptorProtoSchema,
  FileOptionsSchema,
  file_google_protobuf_any,
  file_google_protobuf_duration,
  file_google_protobuf_empty,
  file_google_protobuf_field_mask,
  file_google_protobuf_struct,
  file_google_protobuf_timestamp,
  file_google_protobuf_wrappers,
  FieldDescriptorProto_Label as Label,
  FieldDescriptorProto_Type as Type,
} from '@bufbuild/protobuf/wkt';
import {
  type ContractSpec,
  type FieldSpec,
  fieldNumbers,
  isClosed,
  isExtension,
  isRequired,
  SCALARS,
  type Scalar,
  type ValueSpec,
} from './arbitrary-contract.ts';

export interface Contract {
  readonly registry: FileRegistry;
  readonly message: DescMessage;
}

const IMPORTS = [
  file_google_protobuf_any,
  file_google_protobuf_duration,
  file_google_protobuf_empty,
  file_google_protobuf_field_mask,
  file_google_protobuf_struct,
  file_google_protobuf_timestamp,
  file_google_protobuf_wrappers,
];

/** The well-known types alone. */
export const WELL_KNOWN_TYPES = createFileRegistry(
  ...IMPORTS.map((each) => createFileRegistry(each.proto, findImport)),
);

/** Builds the descriptors. `M` may hold itself; the numbers of the enum have gaps. */
export function buildContract(contract: ContractSpec): Contract {
  const { syntax, fields } = contract;
  const oneofs = oneofNames(contract);
  const numbers = fieldNumbers(fields);
  const built = fields.map((spec, i) => buildField(spec, i, numbers[i] ?? 0, contract, oneofs));
  const isForeign = (i: number) => fields[i] !== undefined && isExtension(fields[i], syntax);
  const foreign = numbers.filter((_, i) => isForeign(i));
  const file = create(FileDescriptorProtoSchema, {
    name: 'm.proto',
    package: 'p',
    syntax: syntax === 'proto2' ? '' : syntax,
    ...(syntax === 'editions' ? editionOf(contract) : {}),
    dependency: IMPORTS.map((each) => each.proto.name),
    enumType: [{ name: 'E', value: enumValues(contract), options: { allowAlias: true } }],
    messageType: [
      {
        name: 'M',
        field: built.filter((_, i) => !isForeign(i)),
        extensionRange: foreign.map((start) => ({ start, end: start + 1 })),
        nestedType: fields.flatMap((spec, i) => (spec.shape === 'map' ? [mapEntry(i, spec)] : [])),
        oneofDecl: oneofs.map((name) => ({ name })),
      },
    ],
    extension: built.filter((_, i) => isForeign(i)),
  });
  const own = createFileRegistry(file, findImport);
  const message = own.getMessage('p.M');
  if (message === undefined) throw new Error('The contract has no M.');
  return { registry: createFileRegistry(WELL_KNOWN_TYPES, own), message };
}

function findImport(name: string) {
  return IMPORTS.find((each) => each.proto.name === name);
}

/** Four numbers and five names, of which one number has two, and one value a JSON name of its own. */
function enumValues(contract: ContractSpec) {
  const values = [
    { name: 'ZERO', number: 0 },
    { name: 'ONE', number: 1 },
    { name: 'UNO', number: 1 },
    { name: 'FAR', number: 70000, options: withJsonName('far "away"') },
    { name: 'BELOW', number: -5 },
  ];
  return isClosed(contract) && contract.firstEnumNumber === 1
    ? [...values.slice(1), ...values.slice(0, 1)]
    : values;
}

/** `(pb.enumvalue.json).string` of google/protobuf/json_enumvalue_options.proto, which comes as an unknown field. */
function withJsonName(name: string) {
  const option = new BinaryWriter().tag(1, 2).string(name).finish();
  const data = new BinaryWriter().bytes(option).finish();
  const options = create(EnumValueOptionsSchema);
  options.$unknown = [{ no: 998, wireType: 2, data }];
  return options;
}

function editionOf({ features }: ContractSpec) {
  const file = create(FeatureSetSchema, {
    fieldPresence: features.implicit
      ? FeatureSet_FieldPresence.IMPLICIT
      : FeatureSet_FieldPresence.EXPLICIT,
    enumType: features.closed ? FeatureSet_EnumType.CLOSED : FeatureSet_EnumType.OPEN,
    repeatedFieldEncoding: features.expanded
      ? FeatureSet_RepeatedFieldEncoding.EXPANDED
      : FeatureSet_RepeatedFieldEncoding.PACKED,
    messageEncoding: features.delimited
      ? FeatureSet_MessageEncoding.DELIMITED
      : FeatureSet_MessageEncoding.LENGTH_PREFIXED,
  });
  return {
    edition: Edition.EDITION_2023,
    options: create(FileOptionsSchema, { features: file }),
  };
}

/** One real oneof, and in proto3 a synthetic one for each optional field. */
function oneofNames({ syntax, fields }: ContractSpec): string[] {
  const real = fields.some((spec) => spec.shape === 'oneof') ? ['choice'] : [];
  if (syntax !== 'proto3') return real;
  return [
    ...real,
    ...fields.flatMap((spec, i) => (spec.shape === 'optional' ? [`_field_${i}`] : [])),
  ];
}

function buildField(
  spec: FieldSpec,
  i: number,
  number: number,
  contract: ContractSpec,
  oneofs: readonly string[],
) {
  const { syntax } = contract;
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
    ...(isExtension(spec, syntax)
      ? { extendee: '.p.M' }
      : { jsonName: spec.jsonName ?? `field${i}` }),
    ...(spec.shape === 'oneof' ? { oneofIndex: oneofs.indexOf('choice') } : {}),
    ...(isOptional ? { proto3Optional: true, oneofIndex: oneofs.indexOf(`_field_${i}`) } : {}),
    ...defaultOf(spec, contract),
    options: optionsOf(spec, contract),
  });
}

function typeOf(spec: ValueSpec, syntax: ContractSpec['syntax']) {
  switch (spec.kind) {
    case 'scalar':
      return { type: SCALARS[spec.scalar] };
    case 'enum':
      return { type: Type.ENUM, typeName: '.p.E' };
    case 'nullValue':
      return { type: Type.ENUM, typeName: '.google.protobuf.NullValue' };
    case 'wellKnown':
      return { type: Type.MESSAGE, typeName: `.google.protobuf.${spec.name}` };
    case 'message':
      return {
        type: spec.delimited && syntax === 'proto2' ? Type.GROUP : Type.MESSAGE,
        typeName: '.p.M',
      };
  }
}

const DEFAULTS: Readonly<Record<Scalar, string>> = {
  double: '-inf',
  float: '1.5',
  int64: '-7',
  uint64: '18446744073709551615',
  int32: '-7',
  fixed64: '7',
  fixed32: '7',
  bool: 'true',
  string: 'a "default"',
  bytes: '\\001x',
  uint32: '7',
  sfixed32: '-7',
  sfixed64: '-7',
  sint32: '-7',
  sint64: '-7',
};

/** A default is what a reader assumes; it is never in JSON and never on the wire. */
function defaultOf(spec: FieldSpec, contract: ContractSpec): { defaultValue?: string } {
  const { shape, value, hasDefault } = spec;
  const isAllowed =
    hasDefault &&
    contract.syntax !== 'proto3' &&
    !isImplicit(spec, contract) &&
    shape !== 'list' &&
    shape !== 'map';
  if (!isAllowed) return {};
  if (value.kind === 'enum') return { defaultValue: 'FAR' };
  return value.kind === 'scalar' ? { defaultValue: DEFAULTS[value.scalar] } : {};
}

/** Of an edition; proto3 says it by its syntax. A closed enum without a zero has to keep its presence. */
function isImplicit(spec: FieldSpec, contract: ContractSpec): boolean {
  return (
    contract.syntax === 'editions' &&
    spec.shape === 'singular' &&
    !isExtension(spec, contract.syntax) &&
    (spec.value.kind === 'scalar' || (spec.value.kind === 'enum' && !contract.features.closed))
  );
}

function optionsOf(spec: FieldSpec, contract: ContractSpec) {
  const { syntax } = contract;
  const isPackable =
    spec.shape === 'list' &&
    (/enum|nullValue/.test(spec.value.kind) ||
      (spec.value.kind === 'scalar' && !['string', 'bytes'].includes(spec.value.scalar)));
  if (syntax !== 'editions') {
    return create(FieldOptionsSchema, isPackable ? { packed: spec.packed } : {});
  }
  const isOwn = !isExtension(spec, syntax);
  const isText = spec.value.kind === 'scalar' && spec.value.scalar === 'string';
  return create(FieldOptionsSchema, {
    features: create(FeatureSetSchema, {
      ...(isImplicit(spec, contract) ? { fieldPresence: FeatureSet_FieldPresence.IMPLICIT } : {}),
      ...(isOwn &&
      (spec.shape === 'optional' || spec.shape === 'singular') &&
      !isImplicit(spec, contract)
        ? { fieldPresence: FeatureSet_FieldPresence.EXPLICIT }
        : {}),
      ...(isRequired(spec, syntax)
        ? { fieldPresence: FeatureSet_FieldPresence.LEGACY_REQUIRED }
        : {}),
      ...(spec.shape !== 'map' && spec.value.kind === 'message' && spec.value.delimited
        ? { messageEncoding: FeatureSet_MessageEncoding.DELIMITED }
        : {}),
      ...(isPackable && spec.packed
        ? { repeatedFieldEncoding: FeatureSet_RepeatedFieldEncoding.PACKED }
        : {}),
      ...(isText && !spec.verifiesUtf8 ? { utf8Validation: FeatureSet_Utf8Validation.NONE } : {}),
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
