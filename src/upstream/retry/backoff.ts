import type { RetryPolicy } from '../../contract/policy.ts';
import type { Random } from '../../lib/clock.ts';

/** gRFC A6: exponential from the initial backoff to the most, each with jitter of ±20 %. */
export function backoffMs(policy: RetryPolicy, retry: number, random: Random): number {
  const exponential = policy.initialBackoffMs * 2 ** (retry - 1);
  return Math.min(exponential, policy.maxBackoffMs) * (0.8 + 0.4 * random());
}
