import { InvalidValue } from './invalid-value.ts';
import { JSON_NUMBER } from './scalar-input.ts';
import type { WireWriter } from './wire-writer.ts';

const TWO_32 = 4294967296;
const INT64 = 'an integer between -9223372036854775808 and 9223372036854775807';
const UINT64 = 'an integer between 0 and 18446744073709551615';

/** The magnitude's halves of the integer read last; read at once by the function that asked for them. */
let lo = 0;
let hi = 0;

/** Reads an int64 for the `write` functions below, and tells whether it is not zero. */
export function toInt64(json: unknown): boolean {
  const isNegative = readInteger(json, INT64);
  const isSmallest = isNegative && hi === 0x80000000 && lo === 0;
  if (hi >= 0x80000000 && !isSmallest) throw new InvalidValue(INT64, json);
  if (isNegative) {
    // Two's complement.
    hi = lo === 0 ? -hi | 0 : ~hi;
    lo = -lo | 0;
  }
  return (lo | hi) !== 0;
}

/** Reads a uint64 for the `write` functions below, and tells whether it is not zero. */
export function toUint64(json: unknown): boolean {
  const isNegative = readInteger(json, UINT64);
  const isZero = (lo | hi) === 0;
  if (isNegative && !isZero) throw new InvalidValue(UINT64, json);
  return !isZero;
}

/** Writes what `toInt64` or `toUint64` read last, by its scalar type. */
export function writeVarint64(writer: WireWriter): void {
  writer.varint64(lo, hi);
}

export function writeSint64(writer: WireWriter): void {
  writer.sint64(lo, hi);
}

export function writeFixed64(writer: WireWriter): void {
  writer.fixed64(lo, hi);
}

/** Reads an integer of up to 64 bits, its magnitude into `lo` and `hi`, and tells whether it is negative. */
function readInteger(json: unknown, allowed: string): boolean {
  if (typeof json === 'number' && Number.isInteger(json)) {
    setMagnitude(Math.abs(json), json, allowed);
    return json < 0;
  }
  if (typeof json !== 'string') throw new InvalidValue(allowed, json);
  const isNegative = json.charCodeAt(0) === 0x2d;
  if (!readDigits(json, isNegative ? 1 : 0, json.length)) {
    const digits = toPlainDigits(json);
    if (digits === undefined || !readDigits(digits, 0, digits.length)) {
      throw new InvalidValue(allowed, json);
    }
  }
  return isNegative;
}

function setMagnitude(magnitude: number, json: unknown, allowed: string): void {
  hi = Math.floor(magnitude / TWO_32);
  lo = magnitude >>> 0;
  if (hi >= TWO_32) throw new InvalidValue(allowed, json);
}

/** 2^64 has this many digits. */
const MOST_DIGITS = 20;

/** Reads digits without leading zeros; false where that is not all there is, or where they pass 64 bits. */
function readDigits(text: string, start: number, end: number): boolean {
  const length = end - start;
  if (length < 1 || length > MOST_DIGITS) return false;
  if (length > 1 && text.charCodeAt(start) === 0x30) return false;
  const middle = length > 9 ? end - 9 : start;
  const head = parseDigits(text, start, middle);
  const tail = parseDigits(text, middle, end);
  if (!(head >= 0 && tail >= 0)) return false;
  // head × 10^9 + tail, the head in parts of 16 bits so that each product stays below 2^53.
  const upper = Math.floor(head / 65536) * 1e9;
  const lower = (upper % 65536) * 65536 + (head % 65536) * 1e9 + tail;
  lo = lower >>> 0;
  hi = Math.floor(upper / 65536) + Math.floor(lower / TWO_32);
  return hi < TWO_32;
}

/** NaN where something else than a digit stands. */
function parseDigits(text: string, start: number, end: number): number {
  let value = 0;
  for (let i = start; i < end; i++) {
    const digit = text.charCodeAt(i) - 0x30;
    if (!(digit >= 0 && digit <= 9)) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}

/** The digits of a JSON number with a fraction or an exponent, without its sign; undefined where it is no integer of 64 bits. */
function toPlainDigits(text: string): string | undefined {
  if (text.length > 4 * MOST_DIGITS || !JSON_NUMBER.test(text)) return undefined;
  const [mantissa = '', exponent = '0'] = text.replace(/^-/, '').toLowerCase().split('e');
  return shiftPoint(mantissa, Number(exponent));
}

function shiftPoint(mantissa: string, exponent: number): string | undefined {
  const [whole = '', fraction = ''] = mantissa.split('.');
  const digits = (whole + fraction).replace(/^0+/, '');
  if (digits === '') return '0';
  const shift = exponent - fraction.length;
  if (shift > MOST_DIGITS) return undefined;
  if (shift >= 0) return digits + '0'.repeat(shift);
  return /^0*$/.test(digits.slice(shift)) ? digits.slice(0, shift) || '0' : undefined;
}
