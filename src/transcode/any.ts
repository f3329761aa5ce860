import type { DescMessage, Registry } from '@bufbuild/protobuf';
import { refuseNesting } from './encode-parts.ts';
import { describeJson, InvalidInput, InvalidValue, violationsBelow } from './invalid-value.ts';
import { readUtf8, writeText } from './json-string.ts';
import type { JsonWriter } from './json-writer.ts';
import { MalformedMessage, refuseDepth, refuseOverrun } from './malformed-message.ts';
import type { Decode, Encode, MessageType } from './message-type.ts';
import { UnsayableMessage } from './unsayable-message.ts';
import type { WireSource } from './wire-source.ts';
import type { WireWriter } from './wire-writer.ts';

/** `string type_url = 1` and `bytes value = 2` of google/protobuf/any.proto. */
const TYPE_URL_TAG = 0x0a;
const VALUE_TAG = 0x12;

const COMMA = 0x2c;
const CLOSING_BRACE = 0x7d;

export type TypeOf = (descriptor: DescMessage) => MessageType;

/** Any in ProtoJSON is its message with `@type` beside the fields, or beside `value` where the message is no object in JSON. */
export function createAnyDecode(registry: Registry, typeOf: TypeOf): Decode {
  return function decodeAny(source, writer, start, end, depth) {
    if (depth <= 0) refuseDepth();
    const { bytes } = source;
    let urlStart = 0;
    let urlEnd = 0;
    let typeUrl = '';
    let from = 0;
    let to = 0;
    let p = start;
    while (p < end) {
      let tag = bytes[p++] ?? 0;
      if (tag > 127) {
        tag = source.varint32(tag, p);
        p = source.pos;
      }
      if (tag === TYPE_URL_TAG || tag === VALUE_TAG) {
        const length = source.length(bytes[p] ?? 0, p + 1, end);
        p = source.pos;
        if (tag === TYPE_URL_TAG) {
          urlStart = p;
          urlEnd = p + length;
          typeUrl = readUtf8(bytes, p, urlEnd);
        } else {
          from = p;
          to = p + length;
        }
        p += length;
      } else {
        p = source.skip(tag, p, end, depth);
      }
      if (p > end) refuseOverrun();
    }
    if (typeUrl === '' && from === to) {
      writer.ascii('{}');
      return;
    }
    const descriptor = registry.getMessage(typeNameOf(typeUrl));
    if (descriptor === undefined) {
      throw new UnsayableMessage(`no contract has the type of an Any, ${describeJson(typeUrl)}`);
    }
    const type = typeOf(descriptor);
    writer.ascii('{"@type":"');
    writeText(writer, bytes, urlStart, urlEnd);
    writer.ascii(type.form === 'object' ? '"' : '","value":');
    const brace = writer.pos;
    decodeValue(type, source, writer, from, to, depth - 1);
    if (type.form !== 'object') writer.ascii('}');
    else joinObject(writer, brace);
  };
}

/** Makes the fields of the object that begins at `brace` those of the object around it, and ends that with it. */
function joinObject(writer: JsonWriter, brace: number): void {
  const isEmpty = writer.pos === brace + 2;
  writer.bytes[brace] = isEmpty ? CLOSING_BRACE : COMMA;
  if (isEmpty) writer.pos = brace + 1;
}

/** To the message that holds an Any, `value` is bytes: whether they are a message matters where it is to be said. */
function decodeValue(
  type: MessageType,
  source: WireSource,
  writer: JsonWriter,
  start: number,
  end: number,
  depth: number,
): void {
  try {
    type.decode(source, writer, start, end, depth);
  } catch (error) {
    if (!(error instanceof MalformedMessage)) throw error;
    throw new UnsayableMessage(error.message, { cause: error });
  }
}

export function createAnyEncode(
  registry: Registry,
  typeOf: TypeOf,
  direction: 'encode' | 'explain',
): Encode {
  return function encodeAny(json, writer, depth) {
    if (depth <= 0) refuseNesting();
    if (typeof json !== 'object' || json === null || Array.isArray(json)) {
      throw new InvalidValue('an object with "@type"', json);
    }
    const { '@type': typeUrl, ...rest }: { '@type'?: unknown; value?: unknown } = json;
    if (typeUrl === undefined && Object.keys(rest).length === 0) return;
    const descriptor =
      typeof typeUrl === 'string' ? registry.getMessage(typeNameOf(typeUrl)) : undefined;
    if (descriptor === undefined || typeof typeUrl !== 'string') {
      throw new InvalidValue(
        'an "@type" that a contract has, for example "type.googleapis.com/google.protobuf.Duration"',
        typeUrl,
      );
    }
    const type = typeOf(descriptor);
    const mark = writer.size;
    if (type.form === 'object' && !isEmptyInValue(descriptor, rest)) {
      type[direction](rest, writer, depth - 1);
    } else if (type.form !== 'object') {
      const unknown = Object.keys(rest).find((key) => key !== 'value');
      if (rest.value === undefined || unknown !== undefined) {
        throw new InvalidValue(`"@type" and "value" alone for ${descriptor.typeName}`, json);
      }
      encodeBeside(type[direction], rest.value, writer, depth - 1);
    }
    if (writer.size > mark) {
      writer.lengthSince(mark);
      writer.tag(VALUE_TAG);
    }
    writer.string(typeUrl);
    writer.tag(TYPE_URL_TAG);
  };
}

/** The message that stands at "value": what is wrong in it is wrong there. */
function encodeBeside(encode: Encode, value: unknown, writer: WireWriter, depth: number): void {
  try {
    encode(value, writer, depth);
  } catch (error) {
    throw new InvalidInput(violationsBelow('value', error));
  }
}

function typeNameOf(typeUrl: string): string {
  return typeUrl.slice(typeUrl.lastIndexOf('/') + 1);
}

/** Some libraries count Empty among the types with a form of their own and write `"value": {}`. */
function isEmptyInValue(descriptor: DescMessage, rest: { value?: unknown }): boolean {
  const { value } = rest;
  return (
    descriptor.typeName === 'google.protobuf.Empty' &&
    typeof value === 'object' &&
    value !== null &&
    Object.keys(value).length === 0 &&
    Object.keys(rest).length === 1
  );
}
