import type { JsonWriter } from './json-writer.ts';
import { refuseDepth, refuseOverrun } from './malformed-message.ts';
import type { Decode } from './message-type.ts';
import type { WireWriter } from './wire-writer.ts';
import { writeDigits } from './write-number.ts';

/** What Timestamp and Duration hold: `int64 seconds = 1` and `int32 nanos = 2`. */
export interface SecondsAndNanos {
  readonly seconds: number;
  readonly nanos: number;
}

const SECONDS_TAG = 0x08;
const NANOS_TAG = 0x10;
const TWO_32 = 4294967296;

/** Writes the text of what these two fields say. */
export type WriteTime = (seconds: number, nanos: number, writer: JsonWriter) => void;

/** Seconds that a double cannot hold exactly come out as the nearest one, and so far out of both types' range. */
export function createTimeDecode(write: WriteTime): Decode {
  return function decodeTime(source, writer, start, end, depth) {
    if (depth <= 0) refuseDepth();
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
        source.varint64(bytes[p] ?? 0, p + 1);
        seconds = source.hi * TWO_32 + (source.lo >>> 0);
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
    write(seconds, nanos, writer);
  };
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

const POINT = 0x2e;

/** 0, 3, 6 or 9 decimals with their point, as ProtoJSON prints Timestamp and Duration. */
export function writeNanos(nanos: number, writer: JsonWriter): void {
  if (nanos === 0) return;
  writer.byte(POINT);
  if (nanos % 1_000_000 === 0) writeDigits(writer, nanos / 1_000_000, 3);
  else if (nanos % 1000 === 0) writeDigits(writer, nanos / 1000, 6);
  else writeDigits(writer, nanos, 9);
}

/** The position of the first character from `start` on that is no decimal digit. */
export function endOfDigits(text: string, start: number): number {
  let end = start;
  while (text.charCodeAt(end) >= 0x30 && text.charCodeAt(end) <= 0x39) end++;
  return end;
}
