import { base64Length } from './base64.ts';
import { InvalidValue } from './invalid-value.ts';
import type { WireWriter } from './wire-writer.ts';

/** A number as JSON writes it (RFC 8259 section 6); ProtoJSON takes it in quotes too. */
const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const TWO_32 = 4294967296;
const INT32 = 'an integer between -2147483648 and 2147483647';
const UINT32 = 'an integer between 0 and 4294967295';
const INT64 = 'an integer between -9223372036854775808 and 9223372036854775807';
const UINT64 = 'an integer between 0 and 18446744073709551615';
const DOUBLE = 'a number, "NaN", "Infinity" or "-Infinity"';
const FLOAT = 'a number within ±3.4028235e38, "NaN", "Infinity" or "-Infinity"';

export function toInt32(json: unknown): number {
  const value = toNumber(json);
  if (value !== undefined && (value | 0) === value) return value | 0;
  throw new InvalidValue(INT32, json);
}

export function toUint32(json: unknown): number {
  const value = toNumber(json);
  if (value !== undefined && value >>> 0 === value) return value >>> 0;
  throw new InvalidValue(UINT32, json);
}

export function toBool(json: unknown): boolean {
  if (typeof json === 'boolean') return json;
  throw new InvalidValue('true or false', json);
}

export function toText(json: unknown): string {
  if (typeof json === 'string' && json.isWellFormed()) return json;
  const allowed =
    typeof json === 'string' ? 'a string without lone surrogates (UTF-8 has none)' : 'a string';
  throw new InvalidValue(allowed, json);
}

/** The number of bytes of a text in base64 of either alphabet, with or without padding. */
export function toBase64Length(json: unknown): number {
  const length = typeof json === 'string' ? base64Length(json) : -1;
  if (length < 0) throw new InvalidValue('bytes in base64 or base64url (RFC 4648)', json);
  return length;
}

export function toDouble(json: unknown): number {
  const value = toFloatingPoint(json);
  if (value === undefined) throw new InvalidValue(DOUBLE, json);
  return value;
}

/** A number that does not become infinite as a float; the writer rounds it. */
export function toFloat(json: unknown): number {
  const value = toFloatingPoint(json);
  if (value === undefined || Number.isFinite(Math.fround(value)) !== Number.isFinite(value)) {
    throw new InvalidValue(FLOAT, json);
  }
  return value;
}

function toFloatingPoint(json: unknown): number | undefined {
  if (typeof json === 'number') return Number.isFinite(json) ? json : undefined;
  if (typeof json !== 'string') return undefined;
  if (json === 'NaN') return Number.NaN;
  if (json === 'Infinity') return Number.POSITIVE_INFINITY;
  if (json === '-Infinity') return Number.NEGATIVE_INFINITY;
  const value = JSON_NUMBER.test(json) ? Number(json) : Number.NaN;
  return Number.isFinite(value) ? value : undefined;
}

function toNumber(json: unknown): number | undefined {
  if (typeof json === 'number') return json;
  return typeof json === 'string' && JSON_NUMBER.test(json) ? Number(json) : undefined;
}

/** 64 bits as two halves; one object for all calls, read at once by its caller. */
export const int64 = { lo: 0, hi: 0 };

/** Reads an int64 into `int64`, and tells whether it is not zero. */
export function toInt64(json: unknown): boolean {
  const value = toSmallInteger(json) ?? toBigInteger(json);
  if (typeof value === 'number') return setHalves(value);
  if (value === undefined || BigInt.asIntN(64, value) !== value)
    throw new InvalidValue(INT64, json);
  return setHalvesOfBigInt(value);
}

/** Reads a uint64 into `int64`, and tells whether it is not zero. */
export function toUint64(json: unknown): boolean {
  const value = toSmallInteger(json) ?? toBigInteger(json);
  if (typeof value === 'number' && value >= 0) return setHalves(value);
  if (typeof value !== 'bigint' || BigInt.asUintN(64, value) !== value) {
    throw new InvalidValue(UINT64, json);
  }
  return setHalvesOfBigInt(value);
}

function setHalves(value: number): boolean {
  int64.lo = value | 0;
  int64.hi = Math.floor(value / TWO_32) | 0;
  return value !== 0;
}

function setHalvesOfBigInt(value: bigint): boolean {
  int64.lo = Number(BigInt.asIntN(32, value));
  int64.hi = Number(BigInt.asIntN(32, value >> 32n));
  return value !== 0n;
}

/** Digits up to here fit a double exactly, so that no BigInt is made for them. */
const EXACT_DIGITS = 15;

function toSmallInteger(json: unknown): number | undefined {
  if (typeof json === 'number') return Number.isSafeInteger(json) ? json : undefined;
  if (typeof json !== 'string' || json.length === 0 || json.length > EXACT_DIGITS) return undefined;
  const negative = json.charCodeAt(0) === 0x2d;
  const start = negative ? 1 : 0;
  // A leading zero is left to the grammar of JSON numbers.
  if (json.charCodeAt(start) === 0x30 && json.length > start + 1) return undefined;
  let value = 0;
  for (let i = start; i < json.length; i++) {
    const digit = json.charCodeAt(i) - 0x30;
    if (!(digit >= 0 && digit <= 9)) return undefined;
    value = value * 10 + digit;
  }
  if (negative) return json.length === 1 ? undefined : -value;
  return value;
}

/** The most digits that an exponent may stand for: beyond, no 64-bit integer is meant. */
const MOST_DIGITS = 40;

function toBigInteger(json: unknown): bigint | undefined {
  if (typeof json === 'number') return Number.isInteger(json) ? BigInt(json) : undefined;
  if (typeof json !== 'string' || json.length > 2 * MOST_DIGITS || !JSON_NUMBER.test(json)) {
    return undefined;
  }
  const [mantissa = '', exponent = '0'] = json.toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  const shift = Number(exponent) - fraction.length;
  const digits = whole + fraction;
  if (Math.abs(shift) > MOST_DIGITS) return undefined;
  if (shift >= 0) return BigInt(digits + '0'.repeat(shift));
  return /^-?0*$/.test(digits.slice(shift))
    ? BigInt(digits.slice(0, shift).replace(/^-?$/, '0'))
    : undefined;
}

/** Writes what `toInt64` or `toUint64` read last, by its scalar type. */
export function writeVarint64(writer: WireWriter): void {
  writer.varint64(int64.lo, int64.hi);
}

export function writeSint64(writer: WireWriter): void {
  writer.sint64(int64.lo, int64.hi);
}

export function writeFixed64(writer: WireWriter): void {
  writer.fixed64(int64.lo, int64.hi);
}
