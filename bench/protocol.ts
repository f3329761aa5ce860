import type { BenchCall } from './call.ts';
import type { HttpRequest } from './http-request.ts';

/** How a subject's callers ask it over HTTP/1.1; a part is missing where the protocol has no such thing. */
export interface Protocol {
  unary(call: BenchCall): HttpRequest;
  /** Several calls in one request. */
  readonly batch?: (calls: readonly BenchCall[]) => HttpRequest;
  readonly subscribe?: (call: BenchCall) => HttpRequest;
  /** Where it takes tRPC's WebSockets. */
  readonly socketPath?: string;
}

/** The request, where the protocol is known to have it. */
export function required(request: HttpRequest | undefined): HttpRequest {
  if (!request) throw new Error('The protocol of this subject has no such request.');
  return request;
}
