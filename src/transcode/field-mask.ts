import { toCamelCase, toSnakeCase } from './field-name.ts';
import { describeJson, InvalidValue } from './invalid-value.ts';
import { readUtf8, writeCharacters } from './json-string.ts';
import type { JsonWriter } from './json-writer.ts';
import { refuseDepth, refuseOverrun } from './malformed-message.ts';
import { UnsayableMessage } from './unsayable-message.ts';
import type { WireSource } from './wire-source.ts';
import type { WireWriter } from './wire-writer.ts';

/** `repeated string paths = 1` of google/protobuf/field_mask.proto. */
const PATHS_TAG = 0x0a;

/** The paths in lowerCamelCase and between commas, in one JSON string. */
export function decodeFieldMask(
  source: WireSource,
  writer: JsonWriter,
  start: number,
  end: number,
  depth: number,
): void {
  if (depth <= 0) refuseDepth();
  const { bytes } = source;
  const paths: string[] = [];
  let p = start;
  while (p < end) {
    let tag = bytes[p++] ?? 0;
    if (tag > 127) {
      tag = source.varint32(tag, p);
      p = source.pos;
    }
    if (tag === PATHS_TAG) {
      const length = source.length(bytes[p] ?? 0, p + 1, end);
      p = source.pos + length;
      paths.push(sayPath(readUtf8(bytes, source.pos, p)));
    } else {
      p = source.skip(tag, p, end, depth);
    }
    if (p > end) refuseOverrun();
  }
  writer.ascii('"');
  writeCharacters(writer, paths.join(','));
  writer.ascii('"');
}

export function encodeFieldMask(json: unknown, writer: WireWriter): void {
  if (typeof json !== 'string' || json.includes('_')) {
    throw new InvalidValue(
      'lowerCamelCase paths between commas, for example "symbol,quotedAt"',
      json,
    );
  }
  if (json === '') return;
  for (const path of json.split(',').reverse()) {
    writer.string(toSnakeCase(path));
    writer.tag(PATHS_TAG);
  }
}

function sayPath(path: string): string {
  const camelCase = toCamelCase(path);
  if (toSnakeCase(camelCase) !== path) {
    throw new UnsayableMessage(
      `the FieldMask path ${describeJson(path)} cannot be said in lowerCamelCase and back`,
    );
  }
  return camelCase;
}
