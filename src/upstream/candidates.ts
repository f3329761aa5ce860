import { type Endpoint, isAvailable } from './endpoint.ts';

/**
 * Who may take a call now. When too few look healthy, the checks are more likely wrong than all the
 * backends, and the few must not drown: then everyone is asked, whatever health checks and outlier
 * detection say (Envoy's panic threshold). Breakers still hold, because they saw the calls themselves fail.
 *
 * @param panicThreshold share of endpoints, 0 to 1; 0 never panics
 */
export function candidatesOf(
  endpoints: readonly Endpoint[],
  now: number,
  panicThreshold: number,
): readonly Endpoint[] {
  const available = endpoints.filter((endpoint) => isAvailable(endpoint, now));
  if (available.length === endpoints.length) return endpoints;
  const looksHealthy = endpoints.filter(
    ({ health, ejectedUntil }) => health !== 'unhealthy' && ejectedUntil <= now,
  ).length;
  if (looksHealthy >= endpoints.length * panicThreshold) return available;
  return endpoints.filter((endpoint) => endpoint.breaker.mayEnter());
}
