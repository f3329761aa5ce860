import type { EndpointReading } from '../telemetry/metrics/upstream-families.ts';
import { type Endpoint, isAvailable } from './endpoint.ts';

/** An endpoint's condition, for whoever shows it. */
export function readEndpoint(endpoint: Endpoint, now: number): EndpointReading {
  const { target, breaker, health, ejectedUntil, inFlight, meter } = endpoint;
  return {
    address: target.address,
    breaker: breaker.state.name,
    health,
    ejected: ejectedUntil > now,
    available: isAvailable(endpoint, now),
    inFlight,
    meter,
  };
}
