import type { Endpoint } from '../endpoint.ts';
import type { Balancer } from './balancer.ts';

/**
 * Stays in the gateway's own zone while enough of it serves; otherwise everyone is a candidate. A zone
 * that lost most of its endpoints must not be overrun by calls that could have gone elsewhere.
 *
 * @param leastShare of the zone's endpoints that must be candidates, 0 to 1
 */
export function createZoneAware(
  zone: string,
  endpoints: () => readonly Endpoint[],
  leastShare: number,
  balance: Balancer,
): Balancer {
  return function pickNearby(candidates, call) {
    const near = candidates.filter(({ target }) => target.zone === zone);
    const all = endpoints().filter(({ target }) => target.zone === zone).length;
    const enough = near.length > 0 && near.length >= all * leastShare;
    return balance(enough ? near : candidates, call);
  };
}
