import { isAscii, isUtf8 } from 'node:buffer';
import type { JsonWriter } from './json-writer.ts';
import { refuseUtf8 } from './malformed-message.ts';
import { base64Slice, latin1Slice, latin1Write, utf8Slice } from './node-buffer.ts';

/** From this length on calls into Node beat a look at each byte. */
const NATIVE_FROM = 256;
/** `\u0000`, the longest escape. */
const ESCAPE_BYTES = 6;

const ESCAPED = 1;
const NOT_ASCII = 2;

/** What each byte needs so that it can stand in a JSON string (RFC 8259 section 7). */
const NEEDS = new Uint8Array(256).fill(NOT_ASCII, 0x80).fill(ESCAPED, 0, 0x20);
NEEDS[0x22] = ESCAPED;
NEEDS[0x5c] = ESCAPED;

/** How JSON.stringify writes those that are escaped. */
const ESCAPES = Array.from({ length: 0x5d }, (_, byte) =>
  JSON.stringify(String.fromCharCode(byte)).slice(1, -1),
);

/** A string on the wire as the inside of a JSON string whose first quote is written. That it is UTF-8 is left to the writer's end. */
export function writeText(writer: JsonWriter, bytes: Uint8Array, start: number, end: number): void {
  const length = end - start;
  if (length >= NATIVE_FROM) {
    writeLong(writer, bytes, start, end);
    return;
  }
  writer.reserve(length);
  const { bytes: out, pos } = writer;
  let needs = 0;
  for (let i = 0; i < length; i++) {
    const byte = bytes[start + i] ?? 0;
    needs |= NEEDS[byte] ?? 0;
    out[pos + i] = byte;
  }
  if ((needs & NOT_ASCII) !== 0) writer.isAscii = false;
  if ((needs & ESCAPED) !== 0) writeEscapes(writer, bytes, start, end);
  else writer.pos = pos + length;
}

/** As `writeText`, for fields whose contract says not to verify: what is not UTF-8 becomes U+FFFD, since JSON text has no other way. */
export function writeUnverified(
  writer: JsonWriter,
  bytes: Uint8Array,
  start: number,
  end: number,
): void {
  if (isUtf8(bytes.subarray(start, end))) writeText(writer, bytes, start, end);
  else writeCharacters(writer, utf8Slice.call(bytes, start, end));
}

/** Characters as the inside of a JSON string. */
export function writeCharacters(writer: JsonWriter, text: string): void {
  const bytes = Buffer.from(text);
  writeText(writer, bytes, 0, bytes.length);
}

/** One byte at a time, with an escape for each that needs one. */
function writeEscapes(writer: JsonWriter, bytes: Uint8Array, start: number, end: number): void {
  writer.reserve((end - start) * ESCAPE_BYTES);
  const { bytes: out } = writer;
  let at = writer.pos;
  for (let i = start; i < end; i++) {
    const byte = bytes[i] ?? 0;
    if (NEEDS[byte] !== ESCAPED) {
      out[at++] = byte;
      continue;
    }
    const escaped = ESCAPES[byte] ?? '';
    for (let k = 0; k < escaped.length; k++) out[at++] = escaped.charCodeAt(k);
  }
  writer.pos = at;
}

/**
 * For long strings: seen as one character a byte, since `JSON.stringify` leaves everything from U+007F to
 * U+00FF as it is, and so the bytes of UTF-8. It brings the quote along that stands before the string anyway.
 */
function writeLong(writer: JsonWriter, bytes: Uint8Array, start: number, end: number): void {
  const quoted = JSON.stringify(latin1Slice.call(bytes, start, end));
  writer.reserve(quoted.length);
  latin1Write.call(writer.bytes, quoted, writer.pos - 1, quoted.length);
  writer.pos += quoted.length - 2;
  if (writer.isAscii) writer.isAscii = isAscii(bytes.subarray(start, end));
}

const BASE64 = Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/');
const PADDING = 0x3d;

/** Bytes as the inside of a JSON string (RFC 4648 section 4). */
export function writeBase64(
  writer: JsonWriter,
  bytes: Uint8Array,
  start: number,
  end: number,
): void {
  const length = end - start;
  if (length >= NATIVE_FROM) {
    writer.ascii(base64Slice.call(bytes, start, end));
    return;
  }
  writer.reserve(Math.ceil(length / 3) * 4);
  const { bytes: out } = writer;
  let at = writer.pos;
  for (let i = start; i < end; i += 3, at += 4) {
    const bits =
      ((bytes[i] ?? 0) << 16) |
      ((i + 1 < end ? (bytes[i + 1] ?? 0) : 0) << 8) |
      (i + 2 < end ? (bytes[i + 2] ?? 0) : 0);
    out[at] = BASE64[bits >> 18] ?? 0;
    out[at + 1] = BASE64[(bits >> 12) & 63] ?? 0;
    out[at + 2] = i + 1 < end ? (BASE64[(bits >> 6) & 63] ?? 0) : PADDING;
    out[at + 3] = i + 2 < end ? (BASE64[bits & 63] ?? 0) : PADDING;
  }
  writer.pos = at;
}

/** A JSON text that stands for a name of the contract. What is not ASCII is escaped, so that it reads the same in bytes. */
export function quoteName(name: string): string {
  return JSON.stringify(name).replace(
    /[\u0080-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** @throws MalformedMessage on bytes that are not UTF-8. */
export function readUtf8(bytes: Uint8Array, start: number, end: number): string {
  verifyUtf8(bytes, start, end);
  return utf8Slice.call(bytes, start, end);
}

/**
 * Looks at a string that will not be part of the whole, since another came after it for the same field.
 * @throws MalformedMessage
 */
export function verifyUtf8(bytes: Uint8Array, start: number, end: number): void {
  if (!isUtf8(bytes.subarray(start, end))) refuseUtf8();
}
