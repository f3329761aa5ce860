import type { Attempt, EndpointHandler, EndpointStreamHandler } from './attempt.ts';
import type { Metadata } from './transport/transport.ts';

/** Hands one attempt to the endpoint's transport. */
export const invokeUnary: EndpointHandler = (attempt, endpoint) =>
  endpoint.transport.unary({
    rpcPath: attempt.call.method.rpcPath,
    message: attempt.call.message,
    metadata: metadataOf(attempt),
    deadline: attempt.deadline,
    cancellation: attempt.call.cancellation,
    notes: attempt.call.notes,
  });

export const invokeStream: EndpointStreamHandler = (attempt, endpoint) =>
  endpoint.transport.stream({
    rpcPath: attempt.call.method.rpcPath,
    messages: [attempt.call.message],
    metadata: metadataOf(attempt),
    deadline: attempt.deadline,
    cancellation: attempt.call.cancellation,
    notes: attempt.call.notes,
  });

/**
 * From the second attempt on the backend is told how many there were before (gRFC A6). Each is a span of its
 * own, which the backend's spans hang under.
 */
function metadataOf({ call: { metadata, notes }, number }: Attempt): Metadata {
  if (number === 1 && notes?.trace === undefined) return metadata;
  return [
    ...metadata,
    ...(number === 1 ? [] : [['grpc-previous-rpc-attempts', String(number - 1)] as const]),
    ...(notes?.trace?.outgoing() ?? []),
  ];
}
