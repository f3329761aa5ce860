import type { Clock } from '../lib/clock.ts';
import type { AttemptHandler, EndpointHandler } from './attempt.ts';
import type { BackendCall } from './backend-call.ts';
import type { Balancer } from './balance/balancer.ts';
import type { Candidates } from './candidates.ts';
import type { Endpoint } from './endpoint.ts';
import { noEndpoint } from './no-endpoint.ts';

export type Pick = (call: BackendCall, tried: readonly Endpoint[]) => Endpoint;

export interface PickOptions {
  readonly upstream: string;
  readonly endpoints: () => readonly Endpoint[];
  readonly candidates: Candidates;
  readonly balance: Balancer;
  readonly clock: Clock;
}

/**
 * The endpoint for one attempt: a candidate that has not failed this call yet, else any candidate. None
 * at all is UNAVAILABLE, said by Weir without asking the network.
 */
export function createPick(options: PickOptions): Pick {
  return function pickEndpoint(call, tried) {
    const candidates = options.candidates.among(options.endpoints(), options.clock());
    const fresh =
      tried.length === 0 ? candidates : candidates.filter((each) => !tried.includes(each));
    const picked = options.balance(fresh.length > 0 ? fresh : candidates, call);
    if (picked !== undefined) return picked;
    call.notes?.event('no endpoint takes calls', { 'weir.upstream': options.upstream });
    throw noEndpoint(options.upstream, options.endpoints(), options.clock());
  };
}

/** Each attempt goes to one endpoint, and the next attempt prefers another. */
export function createPickStep(pick: Pick) {
  return (next: EndpointHandler): AttemptHandler =>
    function pickAndGo(attempt) {
      const endpoint = pick(attempt.call, attempt.tried);
      attempt.tried.push(endpoint);
      return next(attempt, endpoint);
    };
}
