import type { UpstreamConfig } from '../../config/schema.ts';
import type { Clock, Random } from '../../lib/clock.ts';
import type { BackendCall } from '../backend-call.ts';
import type { Endpoint } from '../endpoint.ts';
import type { Balancer } from './balancer.ts';
import { type CallKeySource, callKey } from './call-key.ts';
import { createConsistentHash } from './consistent-hash.ts';
import { effectiveWeight } from './effective-weight.ts';
import { createLeastRequest } from './least-request.ts';
import { createRoundRobin } from './round-robin.ts';
import { createVersionSplit } from './version-split.ts';
import { createWeightedRoundRobin } from './weighted-round-robin.ts';
import { createZoneAware } from './zone-aware.ts';

/** From the outside in: which version, then which zone, then which endpoint. */
export function createBalancer(
  config: UpstreamConfig['balancing'],
  endpoints: () => readonly Endpoint[],
  clock: Clock,
  random: Random,
): Balancer {
  const weightOf = (endpoint: Endpoint) => effectiveWeight(endpoint, clock(), config.slowStart);
  let balance = createPolicy(config, weightOf, clock, random);
  if (config.zone !== undefined) {
    balance = createZoneAware(config.zone, endpoints, config.zoneLeastShare, balance);
  }
  if (config.split.length > 0) {
    balance = createVersionSplit(config.split, keyReader(config.sticky), random, balance);
  }
  return balance;
}

function createPolicy(
  config: UpstreamConfig['balancing'],
  weightOf: (endpoint: Endpoint) => number,
  clock: Clock,
  random: Random,
): Balancer {
  switch (config.policy) {
    case 'leastRequest':
      return createLeastRequest(clock, random, weightOf);
    case 'roundRobin':
      return createRoundRobin();
    case 'weightedRoundRobin':
      return createWeightedRoundRobin(weightOf);
    case 'consistentHash':
      return createConsistentHash(
        keyReader(config.hash),
        createLeastRequest(clock, random, weightOf),
        clock,
      );
  }
}

function keyReader(source: CallKeySource | undefined) {
  return (call: BackendCall) => (source === undefined ? undefined : callKey(source, call));
}
