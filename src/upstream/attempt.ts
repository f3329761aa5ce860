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
  /** Told where the attempt goes; undefined where nobody asks. */
  readonly onPicked?: ((endpoint: Endpoint) => void) | undefined;
}

/** When an attempt that begins now has to be done. */
export function attemptDeadline(call: BackendCall, now: number): number | undefined {
  const { perTryTimeoutMs } = call.method.policy.retry ?? {};
  if (perTryTimeoutMs === undefined) return call.deadline;
  return Math.min(call.deadline ?? Number.POSITIVE_INFINITY, now + perTryTimeoutMs);
}

/** Whether it is the caller's own impatience that ends the attempt, which says nothing of the endpoint. */
export function isHurried({ call, deadline }: Pick<Attempt, 'call' | 'deadline'>): boolean {
  return call.hurried === true && deadline === call.deadline;
}

export type AttemptHandler = (attempt: Attempt) => Promise<UnaryReply>;

/** The steps after picking know where the attempt goes. */
export type EndpointHandler = (attempt: Attempt, endpoint: Endpoint) => Promise<UnaryReply>;

export type StreamAttemptHandler = (attempt: Attempt) => AsyncIterable<Uint8Array>;

export type EndpointStreamHandler = (
  attempt: Attempt,
  endpoint: Endpoint,
) => AsyncIterable<Uint8Array>;
