import { fillTime, type Limit } from './limit.ts';
import type { Verdict } from './limit-store.ts';
import { TICKS_PER_MS } from './ticks.ts';

export type HeaderField = readonly [name: string, value: string];

const policies = new WeakMap<Limit, string>();

/**
 * The `RateLimit-Policy` and `RateLimit` fields of draft-ietf-httpapi-ratelimit-headers-10. They speak
 * of one limit only, the one nearest to refusing: the others are of no use to a caller that keeps to it.
 *
 * The quota is the burst and its window the time in which that comes back, so quota ÷ window is the rate.
 */
export function rateLimitHeaders(verdict: Verdict): readonly HeaderField[] {
  if (!verdict.admitted) {
    const { limit } = verdict.refusedBy;
    const seconds = toSeconds(verdict.retryAfterMs);
    return [
      ['ratelimit-policy', policyOf(limit)],
      ['ratelimit', `"${limit.scope}";r=0;t=${seconds}`],
    ];
  }
  if (verdict.tightest === undefined) return [];
  const { limit } = verdict.tightest;
  return [
    ['ratelimit-policy', policyOf(limit)],
    ['ratelimit', `"${limit.scope}";r=${verdict.remaining};t=${toSeconds(verdict.resetMs)}`],
  ];
}

function policyOf(limit: Limit): string {
  let policy = policies.get(limit);
  if (policy === undefined) {
    const windowMs = (limit.window || fillTime(limit)) / TICKS_PER_MS;
    policy = `"${limit.scope}";q=${limit.burst};w=${toSeconds(windowMs)}`;
    policies.set(limit, policy);
  }
  return policy;
}

/** Whole seconds, never 0 for a wait: a client told to come back in 0 seconds comes back at once. */
function toSeconds(milliseconds: number): number {
  return Math.ceil(milliseconds / 1_000);
}
