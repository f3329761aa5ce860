import type { JsonWriter } from './json-writer.ts';
import { decodeMerged, type Ranges } from './merge.ts';
import type { MessageType } from './message-type.ts';
import { UnsayableMessage } from './unsayable-message.ts';
import type { WireSource } from './wire-source.ts';

/**
 * Looks at what another value has replaced, by writing it and taking it back. It is not part of the answer,
 * but a message with malformed bytes anywhere is no message. Whether it can be said does not matter.
 * @throws MalformedMessage
 */
export function dropText(writer: JsonWriter, write: () => void): void {
  const { pos, owed, entriesEnd } = writer;
  try {
    write();
  } catch (error) {
    if (!(error instanceof UnsayableMessage)) throw error;
    writer.owed = owed;
    writer.entriesEnd = entriesEnd;
  }
  writer.dropFrom(pos);
}

/** A member of a oneof that another one has replaced. */
export function dropMessage(
  type: MessageType,
  source: WireSource,
  writer: JsonWriter,
  earlier: Ranges | undefined,
  start: number,
  end: number,
  depth: number,
): void {
  dropText(writer, () => decodeMerged(type, source, writer, earlier, start, end, depth));
}
