import type { DescMessage } from '@bufbuild/protobuf';
import type { WireSource } from './wire-source.ts';
import type { WireWriter } from './wire-writer.ts';

/**
 * The ProtoJSON text of the message in `source` between `start` and `end`. `depth` is how many levels of
 * messages may still follow, this one included.
 * @throws MalformedMessage
 */
export type Decode = (source: WireSource, start: number, end: number, depth: number) => string;

/**
 * Writes the message that a JSON value says, without its length.
 * @throws InvalidValue or InvalidInput
 */
export type Encode = (json: unknown, writer: WireWriter, depth: number) => void;

/**
 * How a message stands in JSON: as an object of its fields, bare as its one field (wrappers, Struct,
 * ListValue), as any JSON value (Value), or in a form of its own.
 */
export type JsonForm = 'object' | 'bare' | 'value' | 'any' | 'timestamp' | 'duration' | 'fieldMask';

/** One message type of a transcoder. `decode` and `encode` are put in place on first use. */
export interface MessageType {
  readonly descriptor: DescMessage;
  readonly form: JsonForm;
  decode: Decode;
  encode: Encode;
  /** As `encode`, but slowly: finds every violation instead of the first. */
  explain: Encode;
}

const FORMS: Readonly<Record<string, JsonForm>> = {
  'google.protobuf.Any': 'any',
  'google.protobuf.Timestamp': 'timestamp',
  'google.protobuf.Duration': 'duration',
  'google.protobuf.FieldMask': 'fieldMask',
  'google.protobuf.Value': 'value',
  'google.protobuf.Struct': 'bare',
  'google.protobuf.ListValue': 'bare',
  'google.protobuf.DoubleValue': 'bare',
  'google.protobuf.FloatValue': 'bare',
  'google.protobuf.Int64Value': 'bare',
  'google.protobuf.UInt64Value': 'bare',
  'google.protobuf.Int32Value': 'bare',
  'google.protobuf.UInt32Value': 'bare',
  'google.protobuf.BoolValue': 'bare',
  'google.protobuf.StringValue': 'bare',
  'google.protobuf.BytesValue': 'bare',
};

/** https://protobuf.dev/programming-guides/json/ */
export function jsonFormOf(descriptor: DescMessage): JsonForm {
  const form = Object.hasOwn(FORMS, descriptor.typeName) ? FORMS[descriptor.typeName] : undefined;
  // A contract may ship its own file of that name; what is bare needs the one field that it stands for.
  if (form === 'bare' && descriptor.fields.length !== 1) return 'object';
  return form ?? 'object';
}
