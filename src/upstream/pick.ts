import { WeirError } from '../errors.ts';
import type { AttemptHandler, EndpointHandler } from './attempt.ts';
import type { Balancer } from './balance/balancer.ts';
import { type Endpoint, isAvailable } from './endpoint.ts';

export type Pick = (tried: readonly Endpoint[]) => Endpoint;

/**
 * The endpoint for one attempt: an available one that has not failed this call yet, else any available
 * one. None at all is UNAVAILABLE, said by Weir without asking the network.
 */
export function createPick(
  upstream: string,
  endpoints: () => readonly Endpoint[],
  balance: Balancer,
): Pick {
  return function pickEndpoint(tried) {
    const available = endpoints().filter(isAvailable);
    const fresh =
      tried.length === 0 ? available : available.filter((each) => !tried.includes(each));
    const picked = balance(fresh.length > 0 ? fresh : available);
    if (picked !== undefined) return picked;
    throw new WeirError(
      'UNAVAILABLE',
      `The backend "${upstream}" is failing, so calls are held back until it recovers. The call was not sent.`,
      { neverSent: true, retryAfterMs: 1_000 },
    );
  };
}

/** Each attempt goes to one endpoint, and the next attempt prefers another. */
export function createPickStep(pick: Pick) {
  return (next: EndpointHandler): AttemptHandler =>
    async function pickAndGo(attempt) {
      const endpoint = pick(attempt.tried);
      attempt.tried.push(endpoint);
      return next(attempt, endpoint);
    };
}
