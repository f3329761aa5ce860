import type { DescField, DescMessage } from '@bufbuild/protobuf';
import {
  AnySchema,
  BoolValueSchema,
  BytesValueSchema,
  DoubleValueSchema,
  DurationSchema,
  FieldMaskSchema,
  FloatValueSchema,
  Int32ValueSchema,
  Int64ValueSchema,
  ListValueSchema,
  StringValueSchema,
  StructSchema,
  TimestampSchema,
  UInt32ValueSchema,
  UInt64ValueSchema,
  ValueSchema,
} from '@bufbuild/protobuf/wkt';

/**
 * How a message stands in JSON: as an object of its fields, bare as its one field (wrappers, Struct,
 * ListValue), as any JSON value (Value), or in a form of its own.
 */
export type JsonForm = 'object' | 'bare' | 'value' | 'any' | 'timestamp' | 'duration' | 'fieldMask';

/** What has a form of its own, with the fields that the form is about. */
const FORMS: ReadonlyMap<string, readonly [form: JsonForm, schema: DescMessage]> = new Map(
  (
    [
      ['any', AnySchema],
      ['timestamp', TimestampSchema],
      ['duration', DurationSchema],
      ['fieldMask', FieldMaskSchema],
      ['value', ValueSchema],
      ['bare', StructSchema],
      ['bare', ListValueSchema],
      ['bare', DoubleValueSchema],
      ['bare', FloatValueSchema],
      ['bare', Int64ValueSchema],
      ['bare', UInt64ValueSchema],
      ['bare', Int32ValueSchema],
      ['bare', UInt32ValueSchema],
      ['bare', BoolValueSchema],
      ['bare', StringValueSchema],
      ['bare', BytesValueSchema],
    ] as const
  ).map(([form, schema]) => [schema.typeName, [form, schema]]),
);

/**
 * https://protobuf.dev/programming-guides/json/. A contract may ship its own file of such a name; with other
 * fields it is a message like any other.
 */
export function jsonFormOf(descriptor: DescMessage): JsonForm {
  const [form, schema] = FORMS.get(descriptor.typeName) ?? [];
  return form !== undefined && schema !== undefined && hasFieldsOf(descriptor, schema)
    ? form
    : 'object';
}

function hasFieldsOf({ fields }: DescMessage, schema: DescMessage): boolean {
  const expected = new Set(schema.fields.map(sayField));
  return fields.length === expected.size && fields.every((field) => expected.has(sayField(field)));
}

function sayField({ number, fieldKind, proto, presence, ...field }: DescField): string {
  const types = [proto.type, field.message?.typeName, field.enum?.typeName];
  return JSON.stringify([number, fieldKind, presence, types, field.oneof?.name]);
}
