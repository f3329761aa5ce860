import { dropText } from './drop-text.ts';
import type { JsonWriter } from './json-writer.ts';
import { latin1Slice } from './node-buffer.ts';
import type { WireSource } from './wire-source.ts';

/** Up to this many entries a comparison with each costs less than hashing; real maps are mostly this small. */
const COMPARED_ENTRIES = 8;
/** What `JsonWriter.pushEntry` keeps of each. */
const NUMBERS_AN_ENTRY = 4;
const COMMA = 0x2c;

/**
 * One entry of a map, between `start` and `end`: writes its key, a colon and its value, or without a writer
 * leaves its key in the source and tells whether it is an entry and no unknown field.
 */
export type WriteEntry = (
  source: WireSource,
  writer: JsonWriter | undefined,
  start: number,
  end: number,
  depth: number,
) => boolean;

/**
 * Writes the entries of the map of `tag` that stand between `start` and `end`, where other fields may stand too.
 * Of entries with the same key the last one counts; the others are looked at and need not be sayable.
 */
export function writeMap(
  source: WireSource,
  writer: JsonWriter,
  start: number,
  end: number,
  depth: number,
  tag: number,
  isTextKey: boolean,
  writeEntry: WriteEntry,
): void {
  const first = writer.entriesEnd;
  findEntries(source, writer, start, end, depth, tag, writeEntry);
  const last = writer.entriesEnd - NUMBERS_AN_ENTRY;
  const isMany = last - first > COMPARED_ENTRIES * NUMBERS_AN_ENTRY;
  const newest = isMany ? newestByKey(source, writer, first, isTextKey) : undefined;
  for (let at = first; at <= last; at += NUMBERS_AN_ENTRY) {
    const from = writer.entries[at] ?? 0;
    const to = writer.entries[at + 1] ?? 0;
    const isReplaced =
      newest === undefined
        ? hasLaterOfKey(source, writer, at, last, isTextKey)
        : newest.get(keyOf(source, writer, at, isTextKey)) !== at;
    if (isReplaced) {
      dropEntry(source, writer, from, to, depth, writeEntry);
    } else {
      writeEntry(source, writer, from, to, depth);
      // The last entry is the last of its key.
      if (at < last) writer.byte(COMMA);
    }
  }
  writer.entriesEnd = first;
}

function dropEntry(
  source: WireSource,
  writer: JsonWriter,
  start: number,
  end: number,
  depth: number,
  writeEntry: WriteEntry,
): void {
  dropText(writer, () => writeEntry(source, writer, start, end, depth));
}

function findEntries(
  source: WireSource,
  writer: JsonWriter,
  start: number,
  end: number,
  depth: number,
  tag: number,
  writeEntry: WriteEntry,
): void {
  const { bytes } = source;
  let p = start;
  while (p < end) {
    let found = bytes[p++] ?? 0;
    if (found > 127) {
      found = source.varint32(found, p);
      p = source.pos;
    }
    if (found !== tag) {
      p = source.skip(found, p, end, depth);
      continue;
    }
    const length = source.length(bytes[p] ?? 0, p + 1, end);
    const from = source.pos;
    p = from + length;
    if (writeEntry(source, undefined, from, p, depth)) {
      writer.pushEntry(from, p, source.keyLow, source.keyHigh);
    }
  }
}

function hasLaterOfKey(
  { bytes }: WireSource,
  { entries }: JsonWriter,
  at: number,
  last: number,
  isTextKey: boolean,
): boolean {
  const low = entries[at + 2] ?? 0;
  const high = entries[at + 3] ?? 0;
  for (let other = at + NUMBERS_AN_ENTRY; other <= last; other += NUMBERS_AN_ENTRY) {
    const otherLow = entries[other + 2] ?? 0;
    const otherHigh = entries[other + 3] ?? 0;
    const isSame = isTextKey
      ? isSameText(bytes, low, high, otherLow, otherHigh)
      : low === otherLow && high === otherHigh;
    if (isSame) return true;
  }
  return false;
}

function isSameText(
  bytes: Uint8Array,
  start: number,
  end: number,
  otherStart: number,
  otherEnd: number,
): boolean {
  const length = end - start;
  if (length !== otherEnd - otherStart) return false;
  for (let i = 0; i < length; i++) {
    if (bytes[start + i] !== bytes[otherStart + i]) return false;
  }
  return true;
}

/** Where each key's last entry is among the writer's. */
function newestByKey(
  source: WireSource,
  writer: JsonWriter,
  first: number,
  isTextKey: boolean,
): ReadonlyMap<string, number> {
  const newest = new Map<string, number>();
  for (let at = first; at < writer.entriesEnd; at += NUMBERS_AN_ENTRY) {
    newest.set(keyOf(source, writer, at, isTextKey), at);
  }
  return newest;
}

function keyOf(
  { bytes }: WireSource,
  { entries }: JsonWriter,
  at: number,
  isTextKey: boolean,
): string {
  const low = entries[at + 2] ?? 0;
  const high = entries[at + 3] ?? 0;
  return isTextKey ? latin1Slice.call(bytes, low, high) : `${low} ${high}`;
}
