import type { Random } from '../../lib/clock.ts';
import type { Balancer } from './balancer.ts';

/**
 * The less busy of two drawn at random: nearly as even as looking at all of them, and without the herd
 * that follows when everyone finds the same least busy one.
 */
export function createLeastRequest(random: Random): Balancer {
  return function pickLessBusy(candidates) {
    const first = candidates[Math.floor(random() * candidates.length)];
    if (candidates.length === 1) return first;
    const second = candidates[Math.floor(random() * candidates.length)];
    if (first === undefined || second === undefined) return first;
    return second.inFlight < first.inFlight ? second : first;
  };
}
