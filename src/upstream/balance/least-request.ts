import type { Clock, Random } from '../../lib/clock.ts';
import type { BackendCall } from '../backend-call.ts';
import type { Endpoint } from '../endpoint.ts';
import type { Balancer } from './balancer.ts';
import { underWay } from './under-way.ts';

/** Response times within this factor are chance, and a pool of equals is to stay evenly loaded. */
const CLEARLY_SLOWER = 2;

/**
 * The less busy of two drawn at random, busy meaning calls in flight for its weight. Nearly as even as
 * looking at all of them, and without the herd that follows when everyone finds the same least busy one.
 * While few calls are in flight their number tells nothing, so an endpoint that takes more than twice as
 * long as the other counts as busier by as much as it is slower. One that refuses calls as too many is quickly
 * done with them and would look idle, so what it refused counts as if it were busy with it (linkerd's
 * "load biasing").
 */
export function createLeastRequest(
  clock: Clock,
  random: Random,
  weightOf: (endpoint: Endpoint) => number,
): Balancer {
  function loadOf(endpoint: Endpoint, other: Endpoint, call: BackendCall, now: number): number {
    const refused = endpoint.responseTime.refusedShare(now);
    const busyWith = underWay(endpoint, call, now) + refused * underWay(other, call, now) + 1;
    return (busyWith * (1 + refused) * timesSlower(endpoint, other, now)) / weightOf(endpoint);
  }

  return function pickLessBusy(candidates, call) {
    const first = Math.floor(random() * candidates.length);
    const one = candidates[first];
    if (one === undefined || candidates.length === 1) return one;
    // Drawn from the others, so that two are always compared.
    const step = 1 + Math.floor(random() * (candidates.length - 1));
    const other = candidates[(first + step) % candidates.length];
    if (other === undefined) return one;
    const now = clock();
    return loadOf(other, one, call, now) < loadOf(one, other, call, now) ? other : one;
  };
}

/**
 * 1 for one that is not clearly slower, and for one whose breaker doles out its calls: the time-outs that
 * opened it would keep the probes away that can close it.
 */
function timesSlower(endpoint: Endpoint, than: Endpoint, now: number): number {
  if (endpoint.breaker.state.name !== 'closed') return 1;
  const { averageMs } = than.responseTime;
  if (averageMs === undefined) return 1;
  const times = endpoint.responseTime.fadedMs(now) / averageMs;
  return times > CLEARLY_SLOWER ? times : 1;
}
