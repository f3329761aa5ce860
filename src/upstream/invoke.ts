import { WeirError } from '../errors.ts';
import type { EndpointHandler } from './attempt.ts';
import type { BackendCall } from './backend-call.ts';
import type { Endpoint } from './endpoint.ts';
import { redactError } from './redact-error.ts';
import type { Metadata, ReplyStream } from './transport/transport.ts';
import { toUnreachable } from './unreachable.ts';

/** Hands one attempt to the endpoint's transport. From the second on the backend is told its number (gRFC A6). */
export const invokeUnary: EndpointHandler = ({ call, number, deadline }, endpoint) =>
  endpoint.transport.unary({
    rpcPath: call.method.rpcPath,
    message: call.message,
    metadata: withTrace(
      call,
      number === 1
        ? call.metadata
        : [...call.metadata, ['grpc-previous-rpc-attempts', String(number - 1)]],
    ),
    deadline,
    cancellation: call.cancellation,
    notes: call.notes,
  });

/** A stream is begun once: what was sent of it cannot be taken back. */
export function invokeStream(call: BackendCall, endpoint: Endpoint, upstream: string): ReplyStream {
  const stream = endpoint.transport.stream({
    rpcPath: call.method.rpcPath,
    messages: [call.message],
    metadata: withTrace(call, call.metadata),
    deadline: call.deadline,
    cancellation: call.cancellation,
    notes: call.notes,
  });

  async function* read(): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      yield* stream;
    } catch (thrown) {
      throw toUnreachable(redactError(WeirError.from(thrown), call), upstream);
    }
  }

  return { headers: stream.headers, trailers: stream.trailers, [Symbol.asyncIterator]: read };
}

/** Each attempt is a span of its own, which the backend's spans hang under. */
function withTrace({ notes }: BackendCall, metadata: Metadata): Metadata {
  if (notes?.trace === undefined) return metadata;
  return [...metadata, ...notes.trace.outgoing()];
}
