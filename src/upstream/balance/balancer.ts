import type { Endpoint } from '../endpoint.ts';

/**
 * Chooses among `candidates`, which are available and at least one. It decides nothing else: who is a
 * candidate is settled before.
 */
export type Balancer = (candidates: readonly Endpoint[]) => Endpoint | undefined;
