import type { Method } from '../contract/method.ts';
import { redactTexts } from '../contract/redact-text.ts';
import { WeirError } from '../errors.ts';
import type { StreamHandler, UnaryHandler } from '../pipeline/middleware.ts';
import type { PermittedCall } from '../pipeline/permitted-call.ts';
import type { MessageCodec, Transcoder } from '../transcode/codec.ts';
import type { BackendCall } from '../upstream/backend-call.ts';
import { toOutcomeUnknown } from '../upstream/outcome-unknown.ts';
import type { Upstream } from '../upstream/upstream.ts';
import type { InputValidator } from '../validation/input-validator.ts';
import { createInputEncoder, type InputEncoder } from './input-encoder.ts';
import type { MetadataRules } from './metadata-rules.ts';
import { createResume } from './resume.ts';
import { retryDelayMs } from './retry-delay.ts';

export interface InvokeOptions {
  readonly method: Method;
  readonly transcoder: Transcoder;
  readonly validator: InputValidator;
  readonly upstream: Upstream;
  readonly metadata: MetadataRules;
}

/** The innermost step of a unary call: encode, ask the backend, decode. */
export function createUnaryInvoke(options: InvokeOptions): UnaryHandler<PermittedCall> {
  const { method, transcoder, upstream, metadata } = options;
  const encode = createInputEncoder(options);
  const output = transcoder.codec(method.descriptor.output);
  return async function invoke(call) {
    const request = toBackendCall(call, call.input, encode, metadata);
    try {
      const { message, headers, trailers } = await upstream.unary(request);
      noteAnswer(call, message);
      const json = readAnswer(output, message, method);
      return { json, headers: metadata.toCaller(headers, trailers) };
    } catch (thrown) {
      throw withDecodedDetails(thrown, transcoder, call);
    }
  };
}

/** The backend has done what was asked of it: what then fails must not look like a refusal. */
function readAnswer(output: MessageCodec, message: Uint8Array, method: Method): string {
  try {
    return output.decode(message);
  } catch (thrown) {
    throw toOutcomeUnknown(WeirError.from(thrown), method);
  }
}

/** The innermost step of a server stream. */
export function createStreamInvoke(options: InvokeOptions): StreamHandler<PermittedCall> {
  const { method, transcoder, upstream, metadata } = options;
  const encode = createInputEncoder(options);
  const output = transcoder.codec(method.descriptor.output);
  const resume = createResume(method);
  return async function* invokeStream(call) {
    const request = toBackendCall(call, resume.resumeInput(call), encode, metadata);
    try {
      for await (const message of upstream.serverStream(request)) {
        noteAnswer(call, message);
        yield resume.toItem(output.decode(message));
      }
    } catch (thrown) {
      throw withDecodedDetails(thrown, transcoder, call);
    }
  };
}

function toBackendCall(
  call: PermittedCall,
  json: unknown,
  encode: InputEncoder,
  metadata: MetadataRules,
): BackendCall {
  const message = encode(json);
  if (call.notes !== undefined) call.notes.requestBytes = message.length;
  return {
    method: call.method,
    message,
    metadata: metadata.toBackend(call),
    deadline: call.deadline,
    hurried: call.hurried,
    cancellation: call.cancellation,
    identity: call.identity,
    input: call.input,
    headers: call.headers,
    notes: call.notes,
  };
}

function noteAnswer({ notes }: PermittedCall, message: Uint8Array): void {
  if (notes !== undefined) notes.responseBytes += message.length;
}

/** The transport knows status details as bytes only; here the contracts that explain them are at hand. */
function withDecodedDetails(
  thrown: unknown,
  transcoder: Transcoder,
  { method, input }: PermittedCall,
): WeirError {
  const error = WeirError.from(thrown);
  if (error.statusDetails === undefined) return error;
  const told = transcoder.decodeStatusDetails(error.statusDetails);
  // Weir's own first: clients take the first of a type, and whether the outcome is known matters most.
  const message = { descriptor: method.descriptor.input, types: method.types };
  const details = [...error.details, ...redactTexts(told, message, input)];
  const retryAfterMs = error.retryAfterMs ?? retryDelayMs(details);
  return new WeirError(error.code, error.message, {
    origin: error.origin,
    neverSent: error.neverSent,
    answered: error.answered,
    metadata: error.metadata,
    cause: error.cause,
    details,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}
