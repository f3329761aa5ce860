import { refuseNesting } from './encode-parts.ts';
import { InvalidValue } from './invalid-value.ts';
import type { Encode, MessageType } from './message-type.ts';
import type { MessagePlan } from './plan.ts';
import { toText } from './scalar-input.ts';

/** Tags of `oneof kind` in google/protobuf/struct.proto. */
const NULL_TAG = 0x08;
const NUMBER_TAG = 0x11;
const STRING_TAG = 0x1a;
const BOOL_TAG = 0x20;
const STRUCT_TAG = 0x2a;
const LIST_TAG = 0x32;

/** Any JSON value as the google.protobuf.Value of its kind. */
export function createValueEncode(plan: MessagePlan, direction: 'encode' | 'explain'): Encode {
  const struct = messageOf(plan, STRUCT_TAG);
  const list = messageOf(plan, LIST_TAG);
  return function encodeValue(json, writer, depth) {
    if (depth <= 0) refuseNesting();
    switch (typeof json) {
      case 'string':
        writer.string(toText(json));
        return writer.tag(STRING_TAG);
      case 'number':
        if (!Number.isFinite(json)) throw new InvalidValue('a number that a double holds', json);
        writer.double(json);
        return writer.tag(NUMBER_TAG);
      case 'boolean':
        writer.bool(json);
        return writer.tag(BOOL_TAG);
      case 'object': {
        if (json === null) {
          writer.varint32(0);
          return writer.tag(NULL_TAG);
        }
        const isList = Array.isArray(json);
        const mark = writer.size;
        (isList ? list : struct)[direction](json, writer, depth - 1);
        writer.lengthSince(mark);
        return writer.tag(isList ? LIST_TAG : STRUCT_TAG);
      }
      default:
        throw new InvalidValue('any JSON value', json);
    }
  };
}

function messageOf(plan: MessagePlan, tag: number): MessageType {
  const field = plan.fields.find(({ number }) => number === tag >> 3);
  if (field?.value.kind !== 'message') throw new TypeError('This is not google.protobuf.Value.');
  return field.value.type;
}
