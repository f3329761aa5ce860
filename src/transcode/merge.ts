import type { JsonWriter } from './json-writer.ts';
import type { MessageType } from './message-type.ts';
import { WireSource } from './wire-source.ts';

/** Starts and ends of the earlier occurrences of a singular message field, in turn. */
export type Ranges = number[];

export function addRange(ranges: Ranges | undefined, start: number, end: number): Ranges {
  if (ranges === undefined) return [start, end];
  ranges.push(start, end);
  return ranges;
}

/**
 * A singular message that occurs more than once on the wire is its occurrences merged, which is by
 * definition what their bytes one after the other say
 * (https://protobuf.dev/programming-guides/encoding/#last-one-wins).
 */
export function decodeMerged(
  type: MessageType,
  source: WireSource,
  writer: JsonWriter,
  earlier: Ranges | undefined,
  start: number,
  end: number,
  depth: number,
): void {
  if (earlier === undefined) {
    type.decode(source, writer, start, end, depth);
    return;
  }
  const parts: Uint8Array[] = [];
  for (let i = 0; i + 1 < earlier.length; i += 2) {
    parts.push(source.bytes.subarray(earlier[i], earlier[i + 1]));
  }
  parts.push(source.bytes.subarray(start, end));
  const bytes = Buffer.concat(parts);
  type.decode(new WireSource(bytes), writer, 0, bytes.length, depth);
}
