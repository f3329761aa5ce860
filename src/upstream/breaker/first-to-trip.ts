import type { TripStrategy } from './trip-strategy.ts';

/** Trips as soon as one of several strategies does; all of them see every outcome. */
export function createFirstToTrip(strategies: readonly TripStrategy[]): TripStrategy {
  return {
    record(success, now) {
      let trips = false;
      for (const strategy of strategies) if (strategy.record(success, now)) trips = true;
      return trips;
    },
    reset() {
      for (const strategy of strategies) strategy.reset();
    },
  };
}
