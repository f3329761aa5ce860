import type { DescEnum, DescMessage } from '@bufbuild/protobuf';

export type Form = 'input' | 'output';

/** A name that `proto-json.ts` of the generated client exports, or a word of TypeScript's own. */
export type JsonType =
  | { readonly kind: 'support'; readonly name: string }
  | { readonly kind: 'keyword'; readonly name: string };

const support = (name: string): JsonType => ({ kind: 'support', name });
const keyword = (name: string): JsonType => ({ kind: 'keyword', name });

const DOUBLE = support('Double');

export const INT64 = { input: support('Int64Input'), output: support('Int64') } as const;

const SAME_BOTH_WAYS: Readonly<Record<string, JsonType>> = {
  'google.protobuf.Any': support('Any'),
  'google.protobuf.BoolValue': keyword('boolean'),
  'google.protobuf.BytesValue': support('Bytes'),
  'google.protobuf.DoubleValue': DOUBLE,
  'google.protobuf.Duration': support('Duration'),
  'google.protobuf.Empty': support('Empty'),
  'google.protobuf.FieldMask': support('FieldMask'),
  'google.protobuf.FloatValue': DOUBLE,
  'google.protobuf.Int32Value': keyword('number'),
  'google.protobuf.ListValue': support('JsonArray'),
  'google.protobuf.NullValue': keyword('null'),
  'google.protobuf.StringValue': keyword('string'),
  'google.protobuf.Struct': support('JsonObject'),
  'google.protobuf.Timestamp': support('Timestamp'),
  'google.protobuf.UInt32Value': keyword('number'),
  'google.protobuf.Value': support('JsonValue'),
};

/**
 * The type of a message or enum to which ProtoJSON gives a form of its own.
 * https://protobuf.dev/programming-guides/json/
 */
export function wellKnownJson(type: DescMessage | DescEnum, form: Form): JsonType | undefined {
  switch (type.typeName) {
    case 'google.protobuf.Int64Value':
    case 'google.protobuf.UInt64Value':
      return INT64[form];
    default:
      return Object.hasOwn(SAME_BOTH_WAYS, type.typeName)
        ? SAME_BOTH_WAYS[type.typeName]
        : undefined;
  }
}
