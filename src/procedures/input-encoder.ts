import type { Method } from '../contract/method.ts';
import type { Transcoder } from '../transcode/codec.ts';
import type { InputValidator } from '../validation/input-validator.ts';

/** Parsed JSON to the bytes of the request, valid by the contract's types and rules. Throws INVALID_ARGUMENT. */
export type InputEncoder = (json: unknown) => Uint8Array;

export interface InputEncoderOptions {
  readonly method: Method;
  readonly transcoder: Transcoder;
  readonly validator: InputValidator;
}

/** The only way of an input to a backend, so no message can go there unchecked. */
export function createInputEncoder({
  method,
  transcoder,
  validator,
}: InputEncoderOptions): InputEncoder {
  const { input } = method.descriptor;
  const codec = transcoder.codec(input);
  const check = validator.checkOf(input);
  if (check === undefined) return (json) => codec.encode(json);
  return function encodeChecked(json) {
    const message = codec.encode(json);
    check(message);
    return message;
  };
}
