import { WeirError } from '../errors.ts';
import type { LimitScope } from '../ratelimit/limit.ts';
import type { Verdict } from '../ratelimit/limit-store.ts';
import { rateLimitHeaders } from '../ratelimit/rate-limit-headers.ts';
import type { Call } from './call.ts';

/** Whose limit it is, as the one who is refused would say it. */
const WHOSE: Readonly<Record<LimitScope, string>> = {
  caller: 'your limit over all methods',
  callerMethod: 'your limit for this method',
  quota: 'your quota',
  method: 'the limit of this method over all callers',
  gateway: 'the limit of the whole gateway',
};

/** RESOURCE_EXHAUSTED that names the limit and says when to come back. */
export function limitExceeded(
  verdict: Extract<Verdict, { admitted: false }>,
  { method }: Pick<Call, 'method'>,
): WeirError {
  const { refusedBy, retryAfterMs } = verdict;
  const { scope, burst } = refusedBy.limit;
  return new WeirError(
    'RESOURCE_EXHAUSTED',
    `Too many calls of ${method.path}: ${WHOSE[scope]} is used up. Try again in ${describeWait(retryAfterMs)}.`,
    {
      retryAfterMs,
      neverSent: true,
      metadata: rateLimitHeaders(verdict),
      details: [
        {
          '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
          reason: 'RATE_LIMIT_EXCEEDED',
          domain: 'weir',
          metadata: { limit: scope, burst: String(burst) },
        },
      ],
    },
  );
}

/** Something ends in its own time, so nobody can say when to come back. */
export function tooManyAtOnce(what: 'calls' | 'streams', max: number): WeirError {
  return new WeirError(
    'RESOURCE_EXHAUSTED',
    `Too many ${what} at once: you have ${max} open, and no more are allowed. Wait until one has ended.`,
    {
      neverSent: true,
      details: [
        {
          '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
          reason: 'CONCURRENCY_EXCEEDED',
          domain: 'weir',
          metadata: { limit: what, max: String(max) },
        },
      ],
    },
  );
}

function describeWait(ms: number): string {
  if (ms < 1_000) return `${ms} ms`;
  if (ms < 120_000) return `${Math.ceil(ms / 1_000)} s`;
  if (ms < 7_200_000) return `${Math.ceil(ms / 60_000)} minutes`;
  return `${Math.ceil(ms / 3_600_000)} hours`;
}
