import type { Clock } from '../../lib/clock.ts';
import type { BackendCall } from '../backend-call.ts';
import type { Endpoint } from '../endpoint.ts';
import type { Balancer } from './balancer.ts';
import { hash32 } from './hash32.ts';
import { underWay } from './under-way.ts';

/** No endpoint may hold more than this times the mean of calls in flight ("Consistent Hashing with Bounded Loads"). */
const BOUND = 1.25;

/**
 * Equal keys to the same endpoint: rendezvous hashing, where each endpoint scores the key and the highest
 * one serves. When one leaves, only its own keys move. An endpoint above the load bound passes its keys to
 * the next in their order; calls without a key go to `fallback`.
 */
export function createConsistentHash(
  keyOf: (call: BackendCall) => string | undefined,
  fallback: Balancer,
  clock: Clock,
): Balancer {
  return function pickByKey(candidates, call) {
    const key = keyOf(call);
    if (key === undefined) return fallback(candidates, call);
    const keyHash = hash32(key);
    const now = clock();
    const bound = mostUnderWay(candidates, call, now);
    let best: Endpoint | undefined;
    let bestScore = Number.NEGATIVE_INFINITY;
    let bestFree: Endpoint | undefined;
    let bestFreeScore = Number.NEGATIVE_INFINITY;
    for (const endpoint of candidates) {
      const value = score(keyHash, endpoint);
      if (value > bestScore) {
        bestScore = value;
        best = endpoint;
      }
      if (value > bestFreeScore && underWay(endpoint, call, now) < bound) {
        bestFreeScore = value;
        bestFree = endpoint;
      }
    }
    return bestFree ?? best;
  };
}

function mostUnderWay(candidates: readonly Endpoint[], call: BackendCall, now: number): number {
  let total = 1;
  for (const endpoint of candidates) total += underWay(endpoint, call, now);
  return Math.ceil((BOUND * total) / candidates.length);
}

/** Weighted rendezvous (Schindelhauer & Schomaker): −w / ln(u), so that shares follow the weights. */
function score(keyHash: number, endpoint: Endpoint): number {
  const uniform = (hash32(endpoint.target.address, keyHash) + 0.5) / 4_294_967_296;
  return -endpoint.target.weight / Math.log(uniform);
}
