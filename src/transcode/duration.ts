import { InvalidValue } from './invalid-value.ts';
import type { JsonWriter } from './json-writer.ts';
import { endOfDigits, type SecondsAndNanos, writeNanos } from './seconds-and-nanos.ts';
import { UnsayableMessage } from './unsayable-message.ts';
import { writeSafeInteger } from './write-number.ts';

/** About 10,000 years, the range of google/protobuf/duration.proto. */
const SECONDS_MAX = 315_576_000_000;
const ALLOWED =
  'seconds with at most nine decimals and the suffix "s", within ±315576000000, for example "1.5s"';

/** @throws UnsayableMessage on seconds out of range, or nanos out of range or of the other sign. */
export function writeDuration(seconds: number, nanos: number, writer: JsonWriter): void {
  if (!(seconds >= -SECONDS_MAX && seconds <= SECONDS_MAX)) {
    throw new UnsayableMessage('a Duration is not within ±315576000000 seconds');
  }
  if (nanos < -999_999_999 || nanos > 999_999_999) {
    throw new UnsayableMessage("a Duration's nanos are not within ±999999999");
  }
  if ((seconds < 0 && nanos > 0) || (seconds > 0 && nanos < 0)) {
    throw new UnsayableMessage("a Duration's seconds and nanos differ in sign");
  }
  writer.ascii(seconds < 0 || nanos < 0 ? '"-' : '"');
  writeSafeInteger(writer, Math.abs(seconds));
  writeNanos(Math.abs(nanos), writer);
  writer.ascii('s"');
}

const POINT = 0x2e;
const MINUS = 0x2d;

export function parseDuration(json: unknown): SecondsAndNanos {
  if (typeof json !== 'string' || !json.endsWith('s')) throw new InvalidValue(ALLOWED, json);
  const start = json.charCodeAt(0) === MINUS ? 1 : 0;
  const wholeEnd = endOfDigits(json, start);
  const hasFraction = json.charCodeAt(wholeEnd) === POINT;
  const end = hasFraction ? endOfDigits(json, wholeEnd + 1) : wholeEnd;
  const decimals = hasFraction ? end - wholeEnd - 1 : 9;
  const seconds = Number(json.slice(start, wholeEnd));
  const isWhole = wholeEnd > start && seconds <= SECONDS_MAX;
  if (!isWhole || decimals < 1 || decimals > 9 || end !== json.length - 1) {
    throw new InvalidValue(ALLOWED, json);
  }
  const nanos = hasFraction ? Number(json.slice(wholeEnd + 1, end).padEnd(9, '0')) : 0;
  return start === 1 ? { seconds: -seconds, nanos: -nanos } : { seconds, nanos };
}
