import { doubles, floats, LOW_WORD, words } from './float-bits.ts';
import type { JsonWriter } from './json-writer.ts';
import { shortestFloat } from './shortest-float.ts';

/*
 * Numbers as their digits, without a string in between. 64 bits come as their two halves, floating point as
 * its bits. All write into reserved room.
 */

/** The most bytes that any of these writes: `-2.2250738585072014e-308`. */
export const NUMBER_BYTES = 24;

/** The digits of 00 to 99. */
const PAIRS = Uint16Array.from({ length: 100 }, (_, i) => ((i / 10) | 0) + (i % 10) * 256 + 0x3030);

const TWO_32 = 4294967296;
const ZERO = 0x30;
const MINUS = 0x2d;
const POINT = 0x2e;

export function writeInt32(writer: JsonWriter, value: number): void {
  if (value < 0) writer.byte(MINUS);
  writeUint32(writer, Math.abs(value));
}

export function writeUint32(writer: JsonWriter, value: number): void {
  if (value < 10) writer.byte(ZERO + value);
  else writeDigits(writer, value, digitsOf(value));
}

export function writeInt64(writer: JsonWriter, lo: number, hi: number): void {
  if (hi >= 0) {
    writeUint64(writer, lo, hi);
  } else {
    writer.byte(MINUS);
    const negatedLo = (~lo + 1) | 0;
    writeUint64(writer, negatedLo, negatedLo === 0 ? (~hi + 1) | 0 : ~hi);
  }
}

export function writeUint64(writer: JsonWriter, lo: number, hi: number): void {
  const low = lo >>> 0;
  const high = hi >>> 0;
  if (high < 0x200000) writeSafeInteger(writer, high * TWO_32 + low);
  else writeBeyondExact(writer, low, high);
}

/** Long division by 10^9 in steps of 16 bits, so that each stays below 2^53. */
function writeBeyondExact(writer: JsonWriter, low: number, high: number): void {
  const upper = Math.floor(high / 1e9);
  const high16 = (high % 1e9) * 65536 + (low >>> 16);
  const quotient16 = Math.floor(high16 / 1e9);
  const low16 = (high16 % 1e9) * 65536 + (low & 0xffff);
  const quotient = upper * TWO_32 + quotient16 * 65536 + Math.floor(low16 / 1e9);
  writeSafeInteger(writer, quotient);
  writeDigits(writer, low16 % 1e9, 9);
}

/** A double in ProtoJSON: the shortest decimal that reads back as the same number; the three values that JSON has no number for are strings. */
export function writeDouble(writer: JsonWriter, lo: number, hi: number): void {
  writeNumber(writer, doubleOf(lo, hi));
}

/** A float in ProtoJSON: the shortest decimal that reads back as the same single-precision number. */
export function writeFloat(writer: JsonWriter, bits: number): void {
  words[0] = bits;
  const value = floats[0] ?? 0;
  writeNumber(writer, value - value === 0 && value !== 0 ? shortestFloat(value) : value);
}

export function doubleOf(lo: number, hi: number): number {
  words[LOW_WORD] = lo;
  words[1 - LOW_WORD] = hi;
  return doubles[0] ?? 0;
}

/** Decimals that prices, ratios and measurements mostly do with. */
const DECIMALS = 6;
const SCALE = 1e6;
/** Two decimals of at most 15 digits are never the same double. */
const EXACT = 1e15;

export function writeNumber(writer: JsonWriter, value: number): void {
  const magnitude = Math.abs(value);
  const scaled = Math.round(magnitude * SCALE);
  // Since the quotient of two exact integers is the double nearest to that decimal, and no other decimal of
  // so few digits has the same, this is the shortest.
  if (!(scaled > 0 && scaled <= EXACT && scaled / SCALE === magnitude)) {
    writer.put(numberText(value));
    return;
  }
  if (value < 0) writer.byte(MINUS);
  const whole = Math.floor(scaled / SCALE);
  writeSafeInteger(writer, whole);
  let fraction = scaled - whole * SCALE;
  if (fraction === 0) return;
  let digits = DECIMALS;
  for (let tenth = (fraction / 10) >>> 0; tenth * 10 === fraction; tenth = (fraction / 10) >>> 0) {
    fraction = tenth;
    digits--;
  }
  writer.byte(POINT);
  writeDigits(writer, fraction, digits);
}

function numberText(value: number): string {
  if (value - value === 0) return Object.is(value, -0) ? '-0' : `${value}`;
  if (value > 0) return '"Infinity"';
  return value < 0 ? '"-Infinity"' : '"NaN"';
}

/** An integer from 0 to 2^53. */
export function writeSafeInteger(writer: JsonWriter, value: number): void {
  if (value < TWO_32) {
    writeUint32(writer, value);
  } else {
    const billions = Math.floor(value / 1e9);
    writeSafeInteger(writer, billions);
    writeDigits(writer, value - billions * 1e9, 9);
  }
}

/** The last `digits` digits of an integer below 2^32, with zeros before it where it has fewer. */
export function writeDigits(writer: JsonWriter, value: number, digits: number): void {
  const { view, pos } = writer;
  let rest = value >>> 0;
  let at = pos + digits;
  writer.pos = at;
  for (at -= 2; at >= pos; at -= 2) {
    const hundredth = (rest / 100) >>> 0;
    view.setUint16(at, PAIRS[rest - hundredth * 100] ?? 0, true);
    rest = hundredth;
  }
  if (at === pos - 1) view.setUint8(pos, ZERO + (rest % 10));
}

function digitsOf(value: number): number {
  if (value < 1e5) {
    if (value < 1e3) return value < 100 ? 2 : 3;
    return value < 1e4 ? 4 : 5;
  }
  if (value < 1e8) {
    if (value < 1e6) return 6;
    return value < 1e7 ? 7 : 8;
  }
  return value < 1e9 ? 9 : 10;
}
