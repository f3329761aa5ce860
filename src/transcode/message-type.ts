import type { DescMessage } from '@bufbuild/protobuf';
import type { JsonForm } from './json-form.ts';
import type { JsonWriter } from './json-writer.ts';
import type { WireSource } from './wire-source.ts';
import type { WireWriter } from './wire-writer.ts';

/**
 * Writes the ProtoJSON text of the message in `source` between `start` and `end`. `depth` is how many levels
 * of messages may still follow, this one included.
 * @throws MalformedMessage
 */
export type Decode = (
  source: WireSource,
  writer: JsonWriter,
  start: number,
  end: number,
  depth: number,
) => void;

/**
 * Writes the message that a JSON value says, without its length.
 * @throws InvalidValue or InvalidInput
 */
export type Encode = (json: unknown, writer: WireWriter, depth: number) => void;

/** One message type of a transcoder. `decode` and `encode` are put in place on first use. */
export interface MessageType {
  readonly descriptor: DescMessage;
  readonly form: JsonForm;
  decode: Decode;
  encode: Encode;
  /** As `encode`, but slowly: finds every violation instead of the first. */
  explain: Encode;
}
