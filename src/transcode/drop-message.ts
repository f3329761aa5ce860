import { verifyDropped } from './json-string.ts';
import { decodeMerged, type Ranges } from './merge.ts';
import type { MessageType } from './message-type.ts';
import { keepUnsayable } from './unsayable-message.ts';
import type { WireSource } from './wire-source.ts';

/**
 * Looks at a member of a oneof that another one has replaced. It is not part of the answer, but a message with
 * malformed bytes anywhere is no message.
 * @throws MalformedMessage
 */
export function dropMessage(
  type: MessageType,
  source: WireSource,
  earlier: Ranges | undefined,
  start: number,
  end: number,
  depth: number,
): void {
  try {
    const text =
      earlier === undefined
        ? type.decode(source, start, end, depth)
        : decodeMerged(type, source, earlier, start, end, depth);
    verifyDropped(source, text);
  } catch (error) {
    keepUnsayable(error);
  }
}
