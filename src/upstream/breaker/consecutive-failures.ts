import type { TripStrategy } from './trip-strategy.ts';

/** Trips after `limit` failures in a row. Works at any rate of calls, so it guards small pools. */
export function createConsecutiveFailures(limit: number): TripStrategy {
  let failures = 0;
  return {
    record(success) {
      failures = success ? 0 : failures + 1;
      return failures >= limit;
    },
    reset() {
      failures = 0;
    },
  };
}
