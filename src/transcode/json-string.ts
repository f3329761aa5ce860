import { isAscii, isUtf8 } from 'node:buffer';
import { MalformedMessage } from './malformed-message.ts';
import { latin1Slice, utf8Slice } from './node-buffer.ts';
import type { WireSource } from './wire-source.ts';

/*
 * While a message is decoded its text is kept in bytes: each character of it is one byte of its UTF-8, so
 * that a string on the wire is a substring of the message seen as Latin-1 whatever it says. One conversion at
 * the end makes characters of it, and is left out where `isAscii` held for every string.
 */

/** From this length on a vectorised look into Node beats a scan of each byte. */
const NATIVE_FROM = 128;

const ESCAPED = 1;
const NOT_ASCII = 2;

/** What each byte needs so that it can stand in a JSON string (RFC 8259 section 7). */
const NEEDS = new Uint8Array(256).fill(NOT_ASCII, 0x80).fill(ESCAPED, 0, 0x20);
NEEDS[0x22] = ESCAPED;
NEEDS[0x5c] = ESCAPED;

/** A string on the wire as the inside of a JSON string, in bytes. That it is UTF-8 is left to `finishText`. */
export function readText(source: WireSource, start: number, end: number): string {
  return textOf(source, start, end, needsOf(source.bytes, start, end));
}

/** As `readText`, for fields whose contract says not to verify: what is not UTF-8 becomes U+FFFD, since JSON text has no other way. */
export function readUnverified(source: WireSource, start: number, end: number): string {
  const { bytes } = source;
  const needs = needsOf(bytes, start, end);
  return (needs & NOT_ASCII) === 0 || isUtf8(bytes.subarray(start, end))
    ? textOf(source, start, end, needs)
    : textFrom(source, utf8Slice.call(bytes, start, end));
}

function needsOf(bytes: Uint8Array, start: number, end: number): number {
  if (end - start >= NATIVE_FROM) {
    return isAscii(bytes.subarray(start, end)) ? ESCAPED : ESCAPED | NOT_ASCII;
  }
  let needs = 0;
  for (let i = start; i < end; i++) needs |= NEEDS[bytes[i] ?? 0] ?? 0;
  return needs;
}

function textOf(source: WireSource, start: number, end: number, needs: number): string {
  const text = source.latin1.substring(start, end);
  if (needs === 0) return text;
  if ((needs & NOT_ASCII) !== 0) source.isAscii = false;
  return (needs & ESCAPED) === 0 ? text : escapeText(text);
}

/** Characters as the inside of a JSON string, in bytes. */
export function textFrom(source: WireSource, characters: string): string {
  const bytes = Buffer.from(characters);
  if (bytes.length > characters.length) source.isAscii = false;
  return escapeText(latin1Slice.call(bytes, 0, bytes.length));
}

/** `JSON.stringify` leaves everything from U+007F to U+00FF as it is, and so the bytes of UTF-8. */
function escapeText(text: string): string {
  const quoted = JSON.stringify(text);
  return quoted.length === text.length + 2 ? text : quoted.slice(1, -1);
}

/** A JSON text that stands for a name of the contract. What is not ASCII is escaped, so that it reads the same in bytes. */
export function quoteName(name: string): string {
  return JSON.stringify(name).replace(
    /[\u0080-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** @throws MalformedMessage on bytes that are not UTF-8. */
export function readUtf8(source: WireSource, start: number, end: number): string {
  if (!isUtf8(source.bytes.subarray(start, end))) refuseUtf8();
  return utf8Slice.call(source.bytes, start, end);
}

/**
 * Looks at a text that will not be part of the whole, since another came after it for the same field.
 * @throws MalformedMessage where its bytes are not UTF-8.
 */
export function verifyDropped(source: WireSource, text: string): void {
  if (!source.isAscii && !isUtf8(Buffer.from(text, 'latin1'))) refuseUtf8();
}

export function refuseUtf8(): never {
  throw new MalformedMessage('a string is not UTF-8');
}
