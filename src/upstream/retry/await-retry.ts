import type { RetryPolicy } from '../../contract/policy.ts';
import type { WeirError } from '../../errors.ts';
import type { Cancellation } from '../../lib/cancellation.ts';
import type { Clock, Random } from '../../lib/clock.ts';
import type { Attempt } from '../attempt.ts';
import { isHeldBack } from '../held-back.ts';
import type { UpstreamEvents } from '../upstream-events.ts';
import { backoffMs } from './backoff.ts';
import { pushbackMs } from './pushback.ts';
import type { RetryBudget } from './retry-budget.ts';

/** A call that never reached a backend may go again whatever its contract says, once. */
const TRANSPARENT_RETRIES = 1;

export interface RetryOptions {
  readonly budget: RetryBudget;
  readonly clock: Clock;
  readonly random: Random;
  readonly events?: Pick<UpstreamEvents, 'retried' | 'retryWithheld'> | undefined;
  readonly sleep: (ms: number, cancellation: Cancellation) => Promise<void>;
}

/**
 * Resolves when the call may go again after `attempt` failed with `error`, and throws the error where it may
 * not. Safe to go again are calls whose contract allows it, on the statuses it names, and calls that provably
 * never left. The deadline spans all attempts; one that could not finish before it is not begun.
 *
 * @param transparentRetries how often the call went again because it had never left.
 * @returns the same, with this time.
 */
export async function awaitRetry(
  error: WeirError,
  attempt: Attempt,
  transparentRetries: number,
  options: RetryOptions,
): Promise<number> {
  const { call, number } = attempt;
  const policy = call.method.policy.retry;
  if (call.cancellation.cancelled || isHeldBack(error)) throw error;
  const transparent = error.neverSent && transparentRetries < TRANSPARENT_RETRIES;
  const allowed = policy !== undefined && isRetryable(error, attempt, policy);
  if (!transparent && !allowed) throw error;
  const waitMs = waitBefore(error, number, policy, transparent, options);
  if (waitMs === 'never') {
    call.notes?.event('retry withheld by the backend', { 'rpc.status_code': error.code });
    throw error;
  }
  if (call.deadline !== undefined && options.clock() + waitMs >= call.deadline) throw error;
  // What never left put no load on anybody, so it takes nothing from the budget (gRFC A6).
  if (!transparent && !options.budget.withdraw()) {
    options.events?.retryWithheld();
    call.notes?.event('retry withheld by the budget', { 'rpc.status_code': error.code });
    throw error;
  }
  if (waitMs > 0) await options.sleep(waitMs, call.cancellation);
  options.events?.retried();
  call.notes?.event('retry', {
    'rpc.status_code': error.code,
    'weir.wait_ms': Math.round(waitMs),
  });
  return transparent ? transparentRetries + 1 : transparentRetries;
}

function isRetryable(error: WeirError, attempt: Attempt, policy: RetryPolicy): boolean {
  if (attempt.number >= policy.maxAttempts) return false;
  if (policy.codes.includes(error.code)) return true;
  // The attempt's own time ran out and the call has some left: what `per_try_timeout` is for.
  return error.code === 'DEADLINE_EXCEEDED' && attempt.deadline !== attempt.call.deadline;
}

function waitBefore(
  error: WeirError,
  number: number,
  policy: RetryPolicy | undefined,
  transparent: boolean,
  options: RetryOptions,
): number | 'never' {
  const pushback = pushbackMs(error);
  if (pushback !== undefined) return pushback;
  if (transparent || policy === undefined) return 0;
  return backoffMs(policy, number, options.random);
}
