import type { Registry } from '@bufbuild/protobuf';
import { createAnyDecode, createAnyEncode, type TypeOf } from './any.ts';
import { parseDuration, writeDuration } from './duration.ts';
import { refuseNesting } from './encode-parts.ts';
import { decodeFieldMask, encodeFieldMask } from './field-mask.ts';
import type { Decode, Encode, MessageType } from './message-type.ts';
import type { MessagePlan } from './plan.ts';
import { createTimeDecode, writeSecondsAndNanos } from './seconds-and-nanos.ts';
import { createValueEncode } from './struct-value.ts';
import { parseTimestamp, writeTimestamp } from './timestamp.ts';

/** Codecs written by hand, for types whose JSON is neither an object of their fields nor one of their fields. */
export interface SpecialCodecs {
  /** Absent where the plan says how, so that compiler and interpreter do it. */
  readonly decode?: Decode;
  readonly encode: Encode;
  readonly explain: Encode;
}

export function createSpecialCodecs(
  type: MessageType & { readonly plan: MessagePlan },
  registry: Registry,
  typeOf: TypeOf,
): SpecialCodecs | undefined {
  switch (type.form) {
    case 'any':
      return {
        decode: createAnyDecode(registry, typeOf),
        encode: createAnyEncode(registry, typeOf, 'encode'),
        explain: createAnyEncode(registry, typeOf, 'explain'),
      };
    case 'value':
      return {
        encode: createValueEncode(type.plan, 'encode'),
        explain: createValueEncode(type.plan, 'explain'),
      };
    case 'timestamp':
      return leaf(createTimeDecode(writeTimestamp), (json, writer) =>
        writeSecondsAndNanos(parseTimestamp(json), writer),
      );
    case 'duration':
      return leaf(createTimeDecode(writeDuration), (json, writer) =>
        writeSecondsAndNanos(parseDuration(json), writer),
      );
    case 'fieldMask':
      return leaf(decodeFieldMask, encodeFieldMask);
    default:
      return undefined;
  }
}

function leaf(decode: Decode, encode: Encode): SpecialCodecs {
  const boundedEncode: Encode = (json, writer, depth) => {
    if (depth <= 0) refuseNesting();
    encode(json, writer, depth);
  };
  return { decode, encode: boundedEncode, explain: boundedEncode };
}
