import { enumText, isKnownNumber } from './enum-table.ts';
import { writeBase64, writeText, writeUnverified } from './json-string.ts';
import type { JsonWriter } from './json-writer.ts';
import { decodeMerged, type Ranges } from './merge.ts';
import type { EnumPlan, ScalarPlan, SubMessagePlan, ValuePlan } from './plan.ts';
import type { WireSource } from './wire-source.ts';
import {
  NUMBER_BYTES,
  writeDouble,
  writeFloat,
  writeInt32,
  writeInt64,
  writeUint32,
  writeUint64,
} from './write-number.ts';

/**
 * A value on the wire: a string, bytes or a message are where they start and end, 64 bits are their low and high
 * half, and all else is in the first. The interpreter's counterpart of the two variables of a generated decoder.
 */
export interface Slot {
  readonly low: number;
  readonly high: number;
  /** Of a message that stood there before. */
  readonly earlier?: Ranges | undefined;
}

/** Reads a value at `p` and leaves the position after it in `source.pos`. */
export function readValue(
  value: ValuePlan,
  source: WireSource,
  tag: number,
  p: number,
  end: number,
  depth: number,
): Slot {
  if (value.kind !== 'message') return readPlain(value, source, p, end);
  if (value.delimited) {
    source.pos = source.skipGroup(tag, p, end, depth);
    return { low: p, high: source.groupEnd };
  }
  return readRange(source, p, end);
}

export function readRange(source: WireSource, p: number, end: number): Slot {
  const length = source.length(source.bytes[p] ?? 0, p + 1, end);
  const low = source.pos;
  source.pos = low + length;
  return { low, high: source.pos };
}

function readPlain(value: ScalarPlan | EnumPlan, source: WireSource, p: number, end: number): Slot {
  const first = source.bytes[p] ?? 0;
  switch (value.kind === 'enum' ? 'int32' : value.scalar) {
    case 'int32':
    case 'uint32':
      return { low: readVarint32(source, first, p), high: 0 };
    case 'sint32': {
      const bits = readVarint32(source, first, p);
      return { low: (bits >>> 1) ^ -(bits & 1), high: 0 };
    }
    case 'bool':
      return { low: source.bool(first, p + 1), high: 0 };
    case 'int64':
    case 'uint64':
      source.varint64(first, p + 1);
      return { low: source.lo, high: source.hi };
    case 'sint64':
      source.sint64(first, p + 1);
      return { low: source.lo, high: source.hi };
    case 'fixed32':
    case 'sfixed32':
    case 'float':
      source.pos = p + 4;
      return { low: source.fixed32(p), high: 0 };
    case 'fixed64':
    case 'sfixed64':
    case 'double':
      source.pos = p + 8;
      return { low: source.fixed32(p), high: source.fixed32(p + 4) };
    case 'string':
    case 'bytes':
      return readRange(source, p, end);
  }
}

function readVarint32(source: WireSource, first: number, p: number): number {
  source.pos = p + 1;
  return first > 127 ? source.varint32(first, p + 1) : first;
}

/** Writes the JSON text of what `readValue` read. */
export function writeValue(
  value: ValuePlan,
  source: WireSource,
  writer: JsonWriter,
  slot: Slot,
  depth: number,
): void {
  if (value.kind === 'message') writeMessage(value, source, writer, slot, depth);
  else if (value.kind === 'enum') writer.ascii(enumText(value.table, slot.low));
  else writeScalar(value, source, writer, slot);
}

function writeMessage(
  { type }: SubMessagePlan,
  source: WireSource,
  writer: JsonWriter,
  { low, high, earlier }: Slot,
  depth: number,
): void {
  decodeMerged(type, source, writer, earlier, low, high, depth - 1);
}

function writeScalar(
  { scalar, verifyUtf8 }: ScalarPlan,
  { bytes }: WireSource,
  writer: JsonWriter,
  { low, high }: Slot,
): void {
  writer.reserve(NUMBER_BYTES);
  switch (scalar) {
    case 'bool':
      writer.ascii(low === 0 ? 'false' : 'true');
      break;
    case 'int32':
    case 'sint32':
    case 'sfixed32':
      writeInt32(writer, low);
      break;
    case 'uint32':
    case 'fixed32':
      writeUint32(writer, low >>> 0);
      break;
    case 'float':
      writeFloat(writer, low);
      break;
    case 'double':
      writeDouble(writer, low, high);
      break;
    case 'int64':
    case 'sint64':
    case 'sfixed64':
      quoted(writer, () => writeInt64(writer, low, high));
      break;
    case 'uint64':
    case 'fixed64':
      quoted(writer, () => writeUint64(writer, low, high));
      break;
    case 'string':
      quoted(writer, () =>
        verifyUtf8
          ? writeText(writer, bytes, low, high)
          : writeUnverified(writer, bytes, low, high),
      );
      break;
    case 'bytes':
      quoted(writer, () => writeBase64(writer, bytes, low, high));
  }
}

function quoted(writer: JsonWriter, write: () => void): void {
  writer.ascii('"');
  write();
  writer.ascii('"');
}

/** What a value is where the wire has nothing. */
export function zeroSlot(value: ValuePlan): Slot {
  return { low: value.kind === 'enum' ? value.table.zero : 0, high: 0 };
}

/** A number that a closed enum does not declare is an unknown field. */
export function isKept(value: ValuePlan, { low }: Slot): boolean {
  return value.kind !== 'enum' || value.table.isOpen || isKnownNumber(value.table, low);
}
