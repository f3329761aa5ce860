import { InvalidValue } from './invalid-value.ts';
import { type JsonWriter, pieceOf } from './json-writer.ts';
import { endOfDigits, type SecondsAndNanos, writeNanos } from './seconds-and-nanos.ts';
import { UnsayableMessage } from './unsayable-message.ts';
import { writeDigits } from './write-number.ts';

/** 0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z, the range of google/protobuf/timestamp.proto. */
const SECONDS_MIN = -62135596800;
const SECONDS_MAX = 253402300799;
const SECONDS_A_DAY = 86400;
const ALLOWED =
  'an RFC 3339 time between 0001-01-01T00:00:00Z and 9999-12-31T23:59:59.999999999Z, for example "2026-01-31T12:00:00.5Z"';

/** The day last printed: times in a message, and from one message to the next, mostly share it. */
let lastDay = Number.NaN;
let lastDate = pieceOf('');
/** `"9999-12-31T23:59:59.999999999Z"` */
const MOST_BYTES = 32;

const QUOTE = 0x22;
const COLON = 0x3a;
const ZULU = 0x5a;

/** @throws UnsayableMessage on a time that RFC 3339 cannot say. */
export function writeTimestamp(seconds: number, nanos: number, writer: JsonWriter): void {
  if (!(seconds >= SECONDS_MIN && seconds <= SECONDS_MAX)) {
    throw new UnsayableMessage('a Timestamp is not within the years 0001 to 9999');
  }
  if (nanos < 0 || nanos > 999_999_999) {
    throw new UnsayableMessage("a Timestamp's nanos are not within 0 and 999999999");
  }
  const day = Math.floor(seconds / SECONDS_A_DAY);
  if (day !== lastDay) {
    lastDate = pieceOf(`"${new Date(day * SECONDS_A_DAY * 1000).toISOString().slice(0, 11)}`);
    lastDay = day;
  }
  const second = seconds - day * SECONDS_A_DAY;
  const minute = Math.floor(second / 60);
  const hour = Math.floor(minute / 60);
  writer.reserve(MOST_BYTES);
  writer.piece(lastDate);
  writeDigits(writer, hour, 2);
  writer.byte(COLON);
  writeDigits(writer, minute - hour * 60, 2);
  writer.byte(COLON);
  writeDigits(writer, second - minute * 60, 2);
  writeNanos(nanos, writer);
  writer.byte(ZULU);
  writer.byte(QUOTE);
}

/** The offset, or Z, after seconds and fraction. */
const OFFSET = /^([+-])(\d{2}):(\d{2})$/;
const DAYS_BEFORE_MONTH = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334] as const;
const DAYS_IN_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;
const DAYS_BEFORE_1970 = 719_162;

/** ProtoJSON takes RFC 3339 with upper-case T and Z, at most nine digits of a second, and any offset. */
export function parseTimestamp(json: unknown): SecondsAndNanos {
  if (typeof json !== 'string' || json.length < 20) throw new InvalidValue(ALLOWED, json);
  const seconds = secondsOf(json);
  const fractionEnd = json.charCodeAt(19) === POINT ? endOfDigits(json, 20) : 19;
  const nanos = fractionEnd > 20 ? Number(json.slice(20, fractionEnd).padEnd(9, '0')) : 0;
  const isFraction = fractionEnd === 19 || (fractionEnd > 20 && fractionEnd <= 29);
  const utc = seconds - offsetOf(json.slice(fractionEnd));
  // A part that is not what it should be is NaN, and so is their sum.
  if (!(isFraction && utc >= SECONDS_MIN && utc <= SECONDS_MAX)) {
    throw new InvalidValue(ALLOWED, json);
  }
  return { seconds: utc, nanos };
}

const POINT = 0x2e;

/** Seconds since 1970 of the first 19 characters, `2026-01-31T12:00:00`; NaN where they are no such time. */
function secondsOf(text: string): number {
  const hasSeparators =
    text.charCodeAt(4) === 0x2d &&
    text.charCodeAt(7) === 0x2d &&
    text.charCodeAt(10) === 0x54 &&
    text.charCodeAt(13) === 0x3a &&
    text.charCodeAt(16) === 0x3a;
  const year = twoDigitsAt(text, 0) * 100 + twoDigitsAt(text, 2);
  const month = twoDigitsAt(text, 5);
  const day = twoDigitsAt(text, 8);
  const hour = twoDigitsAt(text, 11);
  const minute = twoDigitsAt(text, 14);
  const second = twoDigitsAt(text, 17);
  const isLeapYear = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const lastDay = (DAYS_IN_MONTH[month - 1] ?? 0) + (isLeapYear && month === 2 ? 1 : 0);
  const exists =
    hasSeparators && day >= 1 && day <= lastDay && hour < 24 && minute < 60 && second < 60;
  if (!exists) return Number.NaN;
  const years = year - 1;
  const leapDays = Math.floor(years / 4) - Math.floor(years / 100) + Math.floor(years / 400);
  const dayOfYear =
    (DAYS_BEFORE_MONTH[month - 1] ?? 0) + (isLeapYear && month > 2 ? 1 : 0) + day - 1;
  const days = years * 365 + leapDays + dayOfYear - DAYS_BEFORE_1970;
  return days * SECONDS_A_DAY + hour * 3600 + minute * 60 + second;
}

function twoDigitsAt(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 0x30;
  const ones = text.charCodeAt(at + 1) - 0x30;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}

function offsetOf(text: string): number {
  if (text === 'Z') return 0;
  const match = OFFSET.exec(text);
  if (match === null) return Number.NaN;
  const hours = Number(match[2]);
  const minutes = Number(match[3]);
  if (hours > 23 || minutes > 59) return Number.NaN;
  return (match[1] === '-' ? -1 : 1) * (hours * 3600 + minutes * 60);
}
