import { InvalidValue } from './invalid-value.ts';
import { MalformedMessage } from './malformed-message.ts';
import { nanosText, type SecondsAndNanos, twoDigits } from './seconds-and-nanos.ts';

/** 0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z, the range of google/protobuf/timestamp.proto. */
const SECONDS_MIN = -62135596800;
const SECONDS_MAX = 253402300799;
const SECONDS_A_DAY = 86400;
const ALLOWED =
  'an RFC 3339 time between 0001-01-01T00:00:00Z and 9999-12-31T23:59:59.999999999Z, for example "2026-01-31T12:00:00.5Z"';

/** The day last printed: times in a message, and from one message to the next, mostly share it. */
let lastDay = Number.NaN;
let lastDate = '';

/** @throws MalformedMessage on a time that RFC 3339 cannot say. */
export function timestampText({ seconds, nanos }: SecondsAndNanos): string {
  if (!(seconds >= SECONDS_MIN && seconds <= SECONDS_MAX)) {
    throw new MalformedMessage('a Timestamp is not within the years 0001 to 9999');
  }
  if (nanos < 0 || nanos > 999_999_999) {
    throw new MalformedMessage("a Timestamp's nanos are not within 0 and 999999999");
  }
  const day = Math.floor(seconds / SECONDS_A_DAY);
  if (day !== lastDay) {
    lastDate = new Date(day * SECONDS_A_DAY * 1000).toISOString().slice(0, 11);
    lastDay = day;
  }
  const second = seconds - day * SECONDS_A_DAY;
  const minute = Math.floor(second / 60);
  const hour = Math.floor(minute / 60);
  return `"${lastDate}${twoDigits(hour)}:${twoDigits(minute - hour * 60)}:${twoDigits(second - minute * 60)}${nanosText(nanos)}Z"`;
}

const RFC_3339 =
  /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(?:Z|([+-])(\d{2}):(\d{2}))$/;

/** ProtoJSON takes RFC 3339 with upper-case T and Z, at most nine digits of a second, and any offset. */
export function parseTimestamp(json: unknown): SecondsAndNanos {
  const match = typeof json === 'string' ? RFC_3339.exec(json) : null;
  if (match === null) throw new InvalidValue(ALLOWED, json);
  const [, year, month, day, hour, minute, second, fraction, sign, offsetHour, offsetMinute] =
    match;
  const monthNumber = Number(month);
  const dayNumber = Number(day);
  // `Date.UTC` reads the years 0 to 99 as 1900 to 1999; this does not.
  const date = new Date(0);
  date.setUTCFullYear(Number(year), monthNumber - 1, dayNumber);
  const offset = Number(offsetHour ?? 0) * 3600 + Number(offsetMinute ?? 0) * 60;
  const exists =
    date.getUTCMonth() === monthNumber - 1 &&
    date.getUTCDate() === dayNumber &&
    Number(hour) < 24 &&
    Number(minute) < 60 &&
    Number(second) < 60 &&
    Number(offsetHour ?? 0) < 24 &&
    Number(offsetMinute ?? 0) < 60;
  const local = date.getTime() / 1000 + Number(hour) * 3600 + Number(minute) * 60 + Number(second);
  const seconds = sign === '-' ? local + offset : local - offset;
  if (!exists || seconds < SECONDS_MIN || seconds > SECONDS_MAX) {
    throw new InvalidValue(ALLOWED, json);
  }
  return { seconds, nanos: fraction === undefined ? 0 : Number(fraction.padEnd(9, '0')) };
}
