import type { Endpoint } from '../endpoint.ts';

/** A newcomer begins with this share of its weight, or it would never be called at all. */
const LEAST_SHARE = 0.1;

/**
 * The weight of an endpoint now: during slow start it grows evenly to the full one, so that caches and
 * compilers of a fresh process warm up before the whole load arrives.
 */
export function effectiveWeight(endpoint: Endpoint, now: number, slowStartMs: number): number {
  const { weight } = endpoint.target;
  if (slowStartMs <= 0) return weight;
  const age = now - endpoint.since;
  return age >= slowStartMs ? weight : weight * Math.max(LEAST_SHARE, age / slowStartMs);
}
