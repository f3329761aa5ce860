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
  if (areAllAvailable(endpoints, now)) return endpoints;
  const available = endpoints.filter((endpoint) => isAvailable(endpoint, now));
  const looksHealthy = endpoints.filter(
    ({ health, ejectedUntil }) => health !== 'unhealthy' && ejectedUntil <= now,
  ).length;
  if (looksHealthy >= endpoints.length * panicThreshold) return available;
  return endpoints.filter((endpoint) => endpoint.breaker.mayEnter());
}

/** The usual case, and asked on every call: it makes no list. */
function areAllAvailable(endpoints: readonly Endpoint[], now: number): boolean {
  for (const endpoint of endpoints) {
    if (!isAvailable(endpoint, now)) return false;
  }
  return true;
}
