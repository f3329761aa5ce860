import type { Endpoint } from '../endpoint.ts';
import type { Balancer } from './balancer.ts';

/**
 * Smooth weighted round robin as nginx does it: everyone earns its weight each turn, the richest serves
 * and pays the sum. Weights 5, 1, 1 give a a b a c a a, never a a a a a b c.
 */
export function createWeightedRoundRobin(weightOf: (endpoint: Endpoint) => number): Balancer {
  const credits = new WeakMap<Endpoint, number>();
  return function pickRichest(candidates) {
    let richest: Endpoint | undefined;
    let most = Number.NEGATIVE_INFINITY;
    let total = 0;
    for (const endpoint of candidates) {
      const weight = weightOf(endpoint);
      const credit = (credits.get(endpoint) ?? 0) + weight;
      credits.set(endpoint, credit);
      total += weight;
      if (credit > most) {
        most = credit;
        richest = endpoint;
      }
    }
    if (richest !== undefined) credits.set(richest, most - total);
    return richest;
  };
}
