import {
  type DescExtension,
  type DescField,
  type DescMessage,
  ScalarType,
} from '@bufbuild/protobuf';
import { FeatureSet_FieldPresence } from '@bufbuild/protobuf/wkt';
import { isRedacted } from '../contract/redacted-fields.ts';
import { createEnumTable, type EnumTable } from './enum-table.ts';
import { toCamelCase } from './field-name.ts';
import type { MessageType } from './message-type.ts';

/**
 * What compiler and interpreter both work from: a message's fields with everything that matters for
 * translation resolved, in the order of their numbers, extensions last. The position in `fields` names a field.
 */
export interface MessagePlan {
  readonly fields: readonly FieldPlan[];
  readonly oneofs: readonly OneofPlan[];
  /** Field positions by every key that ProtoJSON accepts for them: `json_name` first, then the original name. */
  readonly positions: ReadonlyMap<string, number>;
}

export interface OneofPlan {
  readonly name: string;
  /** Positions of its fields. */
  readonly members: readonly number[];
}

export type FieldPlan = SingularPlan | ListPlan | MapPlan;

interface FieldCommon {
  readonly number: number;
  readonly jsonName: string;
  /** Errors must not tell what it holds. */
  readonly redacted: boolean;
}

export interface SingularPlan extends FieldCommon {
  readonly shape: 'singular';
  readonly value: ValuePlan;
  readonly presence: 'implicit' | 'explicit' | 'required';
  /** Position in `oneofs`; -1 outside of any. */
  readonly oneof: number;
}

export interface ListPlan extends FieldCommon {
  readonly shape: 'list';
  readonly value: ValuePlan;
  readonly packed: boolean;
  readonly isExtension: boolean;
}

export interface MapPlan extends FieldCommon {
  readonly shape: 'map';
  readonly key: ScalarPlan;
  readonly value: ValuePlan;
}

export type ValuePlan = ScalarPlan | EnumPlan | SubMessagePlan;

export interface ScalarPlan {
  readonly kind: 'scalar';
  readonly scalar: ScalarName;
  readonly verifyUtf8: boolean;
}

export interface EnumPlan {
  readonly kind: 'enum';
  readonly table: EnumTable;
}

export interface SubMessagePlan {
  readonly kind: 'message';
  readonly type: MessageType;
  /** A group on the wire: between a start and an end tag instead of after its length. */
  readonly delimited: boolean;
}

const SCALAR_NAMES = {
  [ScalarType.DOUBLE]: 'double',
  [ScalarType.FLOAT]: 'float',
  [ScalarType.INT64]: 'int64',
  [ScalarType.UINT64]: 'uint64',
  [ScalarType.INT32]: 'int32',
  [ScalarType.FIXED64]: 'fixed64',
  [ScalarType.FIXED32]: 'fixed32',
  [ScalarType.BOOL]: 'bool',
  [ScalarType.STRING]: 'string',
  [ScalarType.BYTES]: 'bytes',
  [ScalarType.UINT32]: 'uint32',
  [ScalarType.SFIXED32]: 'sfixed32',
  [ScalarType.SFIXED64]: 'sfixed64',
  [ScalarType.SINT32]: 'sint32',
  [ScalarType.SINT64]: 'sint64',
} as const;

export type ScalarName = (typeof SCALAR_NAMES)[ScalarType];

export function createPlan(
  descriptor: DescMessage,
  extensions: readonly DescExtension[],
  typeOf: (descriptor: DescMessage) => MessageType,
): MessagePlan {
  const byNumber = (a: { number: number }, b: { number: number }) => a.number - b.number;
  const sources: readonly (DescField | DescExtension)[] = [
    ...descriptor.fields.toSorted(byNumber),
    ...extensions.toSorted(byNumber),
  ];
  const fields = sources.map((field) => planField(field, descriptor, typeOf));
  const oneofs = descriptor.oneofs.map((oneof) => ({
    name: oneof.name,
    members: sources.flatMap((field, position) => (field.oneof === oneof ? [position] : [])),
  }));
  const positions = new Map<string, number>();
  for (const [position, field] of sources.entries()) {
    if (field.kind === 'field') positions.set(field.name, position);
  }
  for (const [position, field] of fields.entries()) positions.set(field.jsonName, position);
  return { fields, oneofs, positions };
}

function planField(
  field: DescField | DescExtension,
  parent: DescMessage,
  typeOf: (descriptor: DescMessage) => MessageType,
): FieldPlan {
  const { number } = field;
  const common = { number, jsonName: jsonNameOf(field), redacted: isRedacted(field) };
  const value = planValue(field, typeOf);
  if (field.fieldKind === 'list') {
    const isExtension = field.kind === 'extension';
    return { ...common, shape: 'list', value, packed: field.packed, isExtension };
  }
  if (field.fieldKind === 'map') {
    const key: ScalarPlan = {
      kind: 'scalar',
      scalar: SCALAR_NAMES[field.mapKey],
      verifyUtf8: field.utf8Validation,
    };
    return { ...common, shape: 'map', key, value };
  }
  return {
    ...common,
    shape: 'singular',
    value,
    presence: planPresence(field),
    oneof: field.oneof === undefined ? -1 : parent.oneofs.indexOf(field.oneof),
  };
}

/** protoc and buf always say the `json_name`; a descriptor from elsewhere may leave it to the rule. */
function jsonNameOf({ jsonName, name }: DescField | DescExtension): string {
  return jsonName === '' ? toCamelCase(name) : jsonName;
}

function planPresence(field: DescField | DescExtension): SingularPlan['presence'] {
  if (field.kind === 'extension') return 'explicit';
  if (field.presence === FeatureSet_FieldPresence.LEGACY_REQUIRED) return 'required';
  return field.presence === FeatureSet_FieldPresence.IMPLICIT ? 'implicit' : 'explicit';
}

function planValue(
  field: DescField | DescExtension,
  typeOf: (descriptor: DescMessage) => MessageType,
): ValuePlan {
  if (field.message !== undefined) {
    const delimited = field.fieldKind !== 'map' && field.delimitedEncoding;
    return { kind: 'message', type: typeOf(field.message), delimited };
  }
  if (field.enum !== undefined) return { kind: 'enum', table: createEnumTable(field.enum) };
  return {
    kind: 'scalar',
    scalar: SCALAR_NAMES[field.scalar],
    verifyUtf8: field.utf8Validation,
  };
}

/** Wire types of https://protobuf.dev/programming-guides/encoding/#structure. */
export const WIRE_VARINT = 0;
export const WIRE_64_BIT = 1;
export const WIRE_LENGTH = 2;
export const WIRE_GROUP_START = 3;
export const WIRE_GROUP_END = 4;
export const WIRE_32_BIT = 5;

export function wireTypeOf(value: ValuePlan): number {
  if (value.kind === 'enum') return WIRE_VARINT;
  if (value.kind === 'message') return value.delimited ? WIRE_GROUP_START : WIRE_LENGTH;
  switch (value.scalar) {
    case 'double':
    case 'fixed64':
    case 'sfixed64':
      return WIRE_64_BIT;
    case 'float':
    case 'fixed32':
    case 'sfixed32':
      return WIRE_32_BIT;
    case 'string':
    case 'bytes':
      return WIRE_LENGTH;
    default:
      return WIRE_VARINT;
  }
}

/** A tag as the signed 32-bit integer that `WireSource` reads it as. */
export function tagOf(number: number, wireType: number): number {
  return (number << 3) | wireType;
}

/** Whether items of this kind may stand in one length-delimited run. */
export function isPackable(value: ValuePlan): boolean {
  const wireType = wireTypeOf(value);
  return wireType !== WIRE_LENGTH && wireType !== WIRE_GROUP_START;
}

/** google.protobuf.Value and NullValue say null with a value of their own; for all else null is absence. */
export function takesNull(value: ValuePlan): boolean {
  if (value.kind === 'enum') return value.table.isNullValue;
  return value.kind === 'message' && value.type.form === 'value';
}
