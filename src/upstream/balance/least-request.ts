import type { Random } from '../../lib/clock.ts';
import type { Endpoint } from '../endpoint.ts';
import type { Balancer } from './balancer.ts';

/**
 * The less busy of two drawn at random, busy meaning calls in flight for its weight. Nearly as even as
 * looking at all of them, and without the herd that follows when everyone finds the same least busy one.
 */
export function createLeastRequest(
  random: Random,
  weightOf: (endpoint: Endpoint) => number,
): Balancer {
  const load = (endpoint: Endpoint) => (endpoint.inFlight + 1) / weightOf(endpoint);

  return function pickLessBusy(candidates) {
    const first = Math.floor(random() * candidates.length);
    const one = candidates[first];
    if (one === undefined || candidates.length === 1) return one;
    // Drawn from the others, so that two are always compared.
    const step = 1 + Math.floor(random() * (candidates.length - 1));
    const other = candidates[(first + step) % candidates.length];
    return other !== undefined && load(other) < load(one) ? other : one;
  };
}
