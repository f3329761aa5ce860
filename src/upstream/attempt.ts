import type { BackendCall } from './backend-call.ts';
import type { Endpoint } from './endpoint.ts';
import type { UnaryReply } from './transport/transport.ts';

/** One try of one call. */
export interface Attempt {
  readonly call: BackendCall;
  /** Counts from 1. */
  readonly number: number;
  /** The smaller of the call's deadline and the time allowed to one attempt; `performance.now()` clock. */
  readonly deadline: number | undefined;
  /** Endpoints that this call was sent to so far, in order; picking adds to it. */
  readonly tried: Endpoint[];
}

export type AttemptHandler = (attempt: Attempt) => Promise<UnaryReply>;

/** The steps after picking know where the attempt goes. */
export type EndpointHandler = (attempt: Attempt, endpoint: Endpoint) => Promise<UnaryReply>;
