import { refuseOverrun } from './malformed-message.ts';
import type { WireSource } from './wire-source.ts';
import type { WireWriter } from './wire-writer.ts';

/** What Timestamp and Duration hold: `int64 seconds = 1` and `int32 nanos = 2`. */
export interface SecondsAndNanos {
  readonly seconds: number;
  readonly nanos: number;
}

const SECONDS_TAG = 0x08;
const NANOS_TAG = 0x10;

/** Seconds that a double cannot hold exactly come out as the nearest one, and so far out of both types' range. */
export function readSecondsAndNanos(
  source: WireSource,
  start: number,
  end: number,
  depth: number,
): SecondsAndNanos {
  const { bytes } = source;
  let seconds = 0;
  let nanos = 0;
  let p = start;
  while (p < end) {
    let tag = bytes[p++] ?? 0;
    if (tag > 127) {
      tag = source.varint32(tag, p);
      p = source.pos;
    }
    if (tag === SECONDS_TAG) {
      seconds = Number(source.int64(bytes[p] ?? 0, p + 1));
      p = source.pos;
    } else if (tag === NANOS_TAG) {
      nanos = bytes[p++] ?? 0;
      if (nanos > 127) {
        nanos = source.varint32(nanos, p);
        p = source.pos;
      }
    } else {
      p = source.skip(tag, p, end, depth);
    }
    if (p > end) refuseOverrun();
  }
  return { seconds, nanos };
}

export function writeSecondsAndNanos(
  { seconds, nanos }: SecondsAndNanos,
  writer: WireWriter,
): void {
  if (nanos !== 0) {
    writer.int32(nanos);
    writer.tag(NANOS_TAG);
  }
  if (seconds !== 0) {
    writer.safeInteger(seconds);
    writer.tag(SECONDS_TAG);
  }
}

const TWO_DIGITS = Array.from({ length: 60 }, (_, value) => String(value).padStart(2, '0'));

export function twoDigits(value: number): string {
  return TWO_DIGITS[value] ?? '';
}

/** 0, 3, 6 or 9 decimals with their point, as ProtoJSON prints Timestamp and Duration. */
export function nanosText(nanos: number): string {
  if (nanos === 0) return '';
  const digits = String(nanos).padStart(9, '0');
  if (nanos % 1_000_000 === 0) return `.${digits.slice(0, 3)}`;
  if (nanos % 1000 === 0) return `.${digits.slice(0, 6)}`;
  return `.${digits}`;
}

/** The position of the first character from `start` on that is no decimal digit. */
export function endOfDigits(text: string, start: number): number {
  let end = start;
  while (text.charCodeAt(end) >= 0x30 && text.charCodeAt(end) <= 0x39) end++;
  return end;
}
