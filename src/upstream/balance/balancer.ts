import type { BackendCall } from '../backend-call.ts';
import type { Endpoint } from '../endpoint.ts';

/**
 * Chooses among `candidates`, who may all take the call; undefined only when there is none. It decides
 * nothing else: who is a candidate is settled before.
 */
export type Balancer = (candidates: readonly Endpoint[], call: BackendCall) => Endpoint | undefined;
