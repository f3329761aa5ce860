import type { BenchCall } from './call.ts';
import type { HttpRequest } from './http-request.ts';

/** How a subject's callers ask it over HTTP/1.1; a part is missing where the protocol has no such thing. */
export interface Protocol {
  unary(call: BenchCall): HttpRequest;
  /** Several calls in one request. */
  readonly batch?: (calls: readonly BenchCall[]) => HttpRequest;
  readonly subscribe?: (call: BenchCall) => HttpRequest;
}
