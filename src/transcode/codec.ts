import type { DescMessage, Registry } from '@bufbuild/protobuf';
import type { ErrorDetail } from '../errors.ts';

/** Both directions of one message type. */
export interface MessageCodec {
  readonly descriptor: DescMessage;
  /**
   * ProtoJSON, already parsed, to protobuf bytes. `undefined` and `null` are the empty message.
   * @throws WeirError INVALID_ARGUMENT with a `google.rpc.BadRequest` detail that names each field's path.
   */
  encode(json: unknown): Uint8Array;
  /**
   * As `encode`, from JSON text, and stricter by what parsed JSON cannot show: no key may stand twice in an object.
   * @throws WeirError INVALID_ARGUMENT
   */
  encodeText(text: string): Uint8Array;
  /**
   * Protobuf bytes to the text of canonical ProtoJSON, fields of implicit presence always emitted.
   * @throws WeirError INTERNAL when the bytes are not such a message.
   */
  decode(bytes: Uint8Array): string;
}

/** All codecs of one contract snapshot; dropped with it. */
export interface Transcoder {
  readonly registry: Registry;
  codec(descriptor: DescMessage): MessageCodec;
  /** `google.rpc.Status` bytes (`grpc-status-details-bin`) to its details; types that no contract knows keep `@type` and base64 `value`. */
  decodeStatusDetails(status: Uint8Array): readonly ErrorDetail[];
}
