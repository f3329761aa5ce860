import type { Clock } from '../../lib/clock.ts';

export interface AdaptiveConcurrencyOptions {
  readonly initial: number;
  readonly min: number;
  readonly max: number;
  /** An answer that takes longer than this times the best seen counts as a sign of queueing. */
  readonly tolerance: number;
  /** How long the best round trip is remembered, so that a backend that became slower is not held to the past. */
  readonly bestForMs: number;
}

/** How a permitted call ended: `dropped` is a refusal for overload or a deadline that passed. */
export type ConcurrencyOutcome = 'answered' | 'dropped' | 'ignored';

/**
 * A limit on calls in flight that finds itself, by Netflix's AIMD: ×0.9 on a drop or a slow answer, +1 on
 * a good one, but only while at least half of the limit is in use, or an idle gateway would raise it for ever.
 */
export interface AdaptiveConcurrency {
  readonly limit: number;
  readonly inFlight: number;
  /** Undefined when the limit is reached. @param share of the limit that the call may fill, 0 to 1; default: all */
  enter(share?: number): ((outcome: ConcurrencyOutcome) => void) | undefined;
}

export function createAdaptiveConcurrency(
  options: AdaptiveConcurrencyOptions,
  clock: Clock,
): AdaptiveConcurrency {
  let limit = options.initial;
  let inFlight = 0;
  let bestMs = Number.POSITIVE_INFINITY;
  let bestAt = 0;
  let decreasedAt = Number.NEGATIVE_INFINITY;

  function isSlow(durationMs: number, now: number): boolean {
    if (durationMs <= bestMs || now - bestAt > options.bestForMs) {
      bestMs = durationMs;
      bestAt = now;
    }
    return durationMs > bestMs * options.tolerance;
  }

  function decrease(startedAt: number, now: number): void {
    // Calls that began before the last cut only repeat the news that led to it.
    if (startedAt <= decreasedAt) return;
    decreasedAt = now;
    limit = Math.max(options.min, Math.floor(limit * 0.9));
  }

  function enter(share = 1): ((outcome: ConcurrencyOutcome) => void) | undefined {
    if (inFlight >= Math.ceil(limit * share)) return undefined;
    inFlight++;
    const startedAt = clock();
    return function leave(outcome) {
      const busy = inFlight * 2 >= limit;
      inFlight--;
      if (outcome === 'ignored') return;
      const now = clock();
      if (outcome === 'dropped' || isSlow(now - startedAt, now)) decrease(startedAt, now);
      else if (busy) limit = Math.min(options.max, limit + 1);
    };
  }

  return {
    get limit() {
      return limit;
    },
    get inFlight() {
      return inFlight;
    },
    enter,
  };
}
