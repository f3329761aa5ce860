import { WeirError } from '../errors.ts';
import type { Endpoint } from './endpoint.ts';

/** Where nothing says when it could be otherwise. */
const TRY_AGAIN_MS = 1_000;

/**
 * What a caller hears when nobody may take the call: which upstream, why, and when to come back. The soonest
 * that may change is known where breakers are open.
 */
export function noEndpoint(
  upstream: string,
  endpoints: readonly Endpoint[],
  now: number,
): WeirError {
  const reason =
    endpoints.length === 0
      ? 'has no endpoints at the moment'
      : 'is failing, so calls are held back until it recovers';
  return new WeirError(
    'UNAVAILABLE',
    `The backend "${upstream}" ${reason}. The call was not sent.`,
    {
      neverSent: true,
      retryAfterMs: soonestProbeMs(endpoints, now) ?? TRY_AGAIN_MS,
    },
  );
}

function soonestProbeMs(endpoints: readonly Endpoint[], now: number): number | undefined {
  const waits = endpoints.flatMap(({ breaker: { state } }) =>
    state.name === 'open' ? [Math.max(1, Math.ceil(state.until - now))] : [],
  );
  return waits.length === 0 ? undefined : Math.min(...waits);
}
