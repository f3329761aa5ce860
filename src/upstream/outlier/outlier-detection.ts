import type { Clock, Random } from '../../lib/clock.ts';
import type { BreakerOutcome } from '../breaker/breaker.ts';
import type { Endpoint } from '../endpoint.ts';
import { successRateThreshold } from './success-rate-threshold.ts';

/** Envoy's outlier detection. */
export interface OutlierOptions {
  readonly intervalMs: number;
  readonly baseEjectionMs: number;
  readonly maxEjectionMs: number;
  /** At most this share of the endpoints is out at once, 0 to 1; at least one may be. */
  readonly maxEjected: number;
  /** Requests in an interval that make an endpoint's success rate worth comparing. */
  readonly minRequests: number;
  /** Endpoints with that many; smaller pools get no statistics, so their breakers decide. */
  readonly minEndpoints: number;
}

export interface Ejection {
  readonly endpoint: Endpoint;
  readonly ejectionMs: number;
  readonly successRate: number;
  readonly threshold: number;
}

/** Finds endpoints that fail more than their peers, and keeps them out for growing times. */
export interface OutlierDetection {
  record(endpoint: Endpoint, outcome: BreakerOutcome): void;
  /** Run once per interval. */
  sweep(endpoints: readonly Endpoint[]): readonly Ejection[];
}

interface Tally {
  successes: number;
  total: number;
  /** Grows with each ejection, falls by one in each interval without. */
  multiplier: number;
}

export function createOutlierDetection(
  options: OutlierOptions,
  clock: Clock,
  random: Random,
): OutlierDetection {
  const tallies = new WeakMap<Endpoint, Tally>();

  function tallyOf(endpoint: Endpoint): Tally {
    let tally = tallies.get(endpoint);
    if (tally === undefined) {
      tally = { successes: 0, total: 0, multiplier: 0 };
      tallies.set(endpoint, tally);
    }
    return tally;
  }

  function record(endpoint: Endpoint, outcome: BreakerOutcome): void {
    if (outcome === 'ignored') return;
    const tally = tallyOf(endpoint);
    tally.total++;
    if (outcome === 'success') tally.successes++;
  }

  function sweep(endpoints: readonly Endpoint[]): readonly Ejection[] {
    const now = clock();
    const rated = endpoints
      .map((endpoint) => ({ endpoint, tally: tallyOf(endpoint) }))
      .filter(({ tally }) => tally.total >= options.minRequests)
      .map(({ endpoint, tally }) => ({ endpoint, rate: tally.successes / tally.total }));
    const threshold =
      rated.length >= options.minEndpoints
        ? successRateThreshold(rated.map(({ rate }) => rate))
        : Number.NEGATIVE_INFINITY;

    const mostOut = Math.max(1, Math.floor(endpoints.length * options.maxEjected));
    let out = endpoints.filter((endpoint) => endpoint.ejectedUntil > now).length;
    const ejections: Ejection[] = [];
    // The worst first, because not all of them may go.
    for (const { endpoint, rate } of rated.toSorted((left, right) => left.rate - right.rate)) {
      if (rate >= threshold || endpoint.ejectedUntil > now || out >= mostOut) continue;
      const tally = tallyOf(endpoint);
      tally.multiplier++;
      // Jitter, so that endpoints ejected together do not come back together.
      const ejectionMs =
        Math.min(options.baseEjectionMs * tally.multiplier, options.maxEjectionMs) *
        (0.9 + 0.2 * random());
      endpoint.ejectedAt = now;
      endpoint.ejectedUntil = now + ejectionMs;
      out++;
      ejections.push({ endpoint, ejectionMs, successRate: rate, threshold });
    }
    for (const endpoint of endpoints) {
      const tally = tallyOf(endpoint);
      tally.successes = 0;
      tally.total = 0;
      if (endpoint.ejectedUntil <= now) tally.multiplier = Math.max(0, tally.multiplier - 1);
    }
    return ejections;
  }

  return { record, sweep };
}
