import { WeirError } from '../errors.ts';
import type { Endpoint } from './endpoint.ts';

export type Pick = () => Endpoint;

/** Each endpoint in turn. */
export function createRoundRobin(upstream: string, endpoints: readonly Endpoint[]): Pick {
  let turn = 0;
  return function pickNext() {
    const endpoint = endpoints[turn++ % endpoints.length];
    if (endpoint === undefined) {
      throw new WeirError('UNAVAILABLE', `The upstream "${upstream}" has no endpoint.`, {
        neverSent: true,
      });
    }
    return endpoint;
  };
}
