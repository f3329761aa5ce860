import type { TripStrategy } from './trip-strategy.ts';

export interface WindowedRateOptions {
  readonly windowMs: number;
  /** Share of failures in the window, 0 to 1. */
  readonly threshold: number;
  /** Fewer calls than this in the window decide nothing. */
  readonly minCalls: number;
}

const BUCKETS = 10;

/** Trips when the share of failures over a sliding window reaches the threshold. Memory is ten buckets. */
export function createWindowedRate(options: WindowedRateOptions): TripStrategy {
  const bucketMs = options.windowMs / BUCKETS;
  const successes = new Float64Array(BUCKETS);
  const failures = new Float64Array(BUCKETS);
  let current = 0;

  function advance(now: number): number {
    const bucket = Math.floor(now / bucketMs);
    const steps = Math.min(Math.max(bucket - current, 0), BUCKETS);
    for (let step = 1; step <= steps; step++) {
      const slot = (bucket - steps + step) % BUCKETS;
      successes[slot] = 0;
      failures[slot] = 0;
    }
    current = Math.max(bucket, current);
    return current % BUCKETS;
  }

  return {
    record(success, now) {
      const slot = advance(now);
      const counts = success ? successes : failures;
      counts[slot] = (counts[slot] ?? 0) + 1;
      if (success) return false;
      const failed = sum(failures);
      const total = failed + sum(successes);
      return total >= options.minCalls && failed / total >= options.threshold;
    },
    reset() {
      successes.fill(0);
      failures.fill(0);
    },
  };
}

function sum(counts: Float64Array): number {
  let total = 0;
  for (const count of counts) total += count;
  return total;
}
