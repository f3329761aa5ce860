import type { Balancer } from './balancer.ts';

/** Each candidate in turn. */
export function createRoundRobin(): Balancer {
  let turn = 0;
  return function pickNext(candidates) {
    turn = (turn + 1) % candidates.length;
    return candidates[turn];
  };
}
