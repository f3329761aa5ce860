import type { GrpcCode } from '../errors.ts';
import type { EndpointReading } from '../telemetry/metrics/upstream-families.ts';
import { type Endpoint, type EndpointTarget, isAvailable } from './endpoint.ts';

/** Everything that is known of an endpoint now. Times are milliseconds before or after now. */
export interface EndpointCondition extends EndpointReading {
  readonly target: EndpointTarget;
  /** Of the last ten or so unary attempts; undefined until there were enough. */
  readonly averageMs: number | undefined;
  /** While outlier detection keeps it out. */
  readonly ejection: { readonly sinceMs: number; readonly leftMs: number } | undefined;
  readonly lastError:
    | { readonly code: GrpcCode; readonly message: string; readonly agoMs: number }
    | undefined;
}

/** An endpoint's condition, for whoever shows it. */
export function readEndpoint(endpoint: Endpoint, now: number): EndpointCondition {
  const {
    target,
    breaker,
    health,
    ejectedUntil,
    ejectedAt,
    inFlight,
    streams,
    meter,
    responseTime,
  } = endpoint;
  const { lastFailure } = endpoint;
  const ejected = ejectedUntil > now;
  return {
    address: target.address,
    target,
    breaker: breaker.state.name,
    health,
    ejected,
    ejection: ejected ? { sinceMs: now - ejectedAt, leftMs: ejectedUntil - now } : undefined,
    available: isAvailable(endpoint, now),
    inFlight: inFlight + streams,
    averageMs: responseTime.averageMs,
    lastError: lastFailure && {
      code: lastFailure.code,
      message: lastFailure.message,
      agoMs: now - lastFailure.at,
    },
    meter,
  };
}
