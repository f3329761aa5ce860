import type { Clock } from '../lib/clock.ts';
import type { Attempt } from './attempt.ts';
import type { BackendCall } from './backend-call.ts';
import type { Balancer } from './balance/balancer.ts';
import type { Candidates } from './candidates.ts';
import type { Endpoint } from './endpoint.ts';
import { noEndpoint } from './no-endpoint.ts';
import { upstreamBusy } from './overload/upstream-busy.ts';

export type Pick = (call: BackendCall, tried: readonly Endpoint[]) => Endpoint;

export interface PickOptions {
  readonly upstream: string;
  readonly endpoints: () => readonly Endpoint[];
  readonly candidates: Candidates;
  readonly balance: Balancer;
  /** Unary calls that one endpoint may have under way; undefined for no limit. */
  readonly maxInFlight?: number | undefined;
  readonly clock: Clock;
}

/**
 * The endpoint for one attempt: a candidate that has not failed this call yet, else any candidate. None
 * at all is UNAVAILABLE, said by Weir without asking the network.
 */
export function createPick(options: PickOptions): Pick {
  return function pickEndpoint(call, tried) {
    const able = options.candidates.among(options.endpoints(), options.clock());
    const candidates = withRoom(able, call, options.maxInFlight);
    if (candidates.length === 0 && able.length > 0) throw upstreamBusy(options.upstream);
    const fresh =
      tried.length === 0 ? candidates : candidates.filter((each) => !tried.includes(each));
    const picked = options.balance(fresh.length > 0 ? fresh : candidates, call);
    if (picked !== undefined) return picked;
    call.notes?.event('no endpoint takes calls', { 'weir.upstream': options.upstream });
    throw noEndpoint(options.upstream, options.endpoints(), options.clock());
  };
}

/** Streams stay and cost little, so only unary calls are counted against the limit. */
function withRoom(
  endpoints: readonly Endpoint[],
  { method }: BackendCall,
  maxInFlight: number | undefined,
): readonly Endpoint[] {
  if (maxInFlight === undefined || method.kind !== 'unary') return endpoints;
  return endpoints.filter(({ inFlight }) => inFlight < maxInFlight);
}

/** Each attempt goes to one endpoint, and the next attempt prefers another. */
export function createPickStep(pick: Pick) {
  return <Reply>(next: (attempt: Attempt, endpoint: Endpoint) => Reply) =>
    function pickAndGo(attempt: Attempt): Reply {
      const endpoint = pick(attempt.call, attempt.tried);
      attempt.tried.push(endpoint);
      attempt.onPicked?.(endpoint);
      return next(attempt, endpoint);
    };
}
