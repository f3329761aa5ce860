import { type BenchCall, grpcPath } from '../call.ts';
import { toFrame, toRequestBytes } from '../contract.ts';
import type { HttpRequest } from '../http-request.ts';
import type { Protocol } from '../protocol.ts';

/**
 * A gRPC request on HTTP/1.1, which nginx turns into HTTP/2 for the backend; what comes back are gRPC's
 * bytes in chunks. No gRPC client speaks this: it lets one load generator ask every subject.
 */
export const grpcOverHttp1: Protocol = { unary: toRequest, subscribe: toRequest };

function toRequest(call: BenchCall): HttpRequest {
  return {
    method: 'POST',
    path: grpcPath(call),
    headers: { 'content-type': 'application/grpc', te: 'trailers' },
    body: toFrame(toRequestBytes(call)),
  };
}
