import { WeirError } from '../errors.ts';

/**
 * What a caller hears when no endpoint could be reached. The transport's own words name addresses, which
 * are the operator's affair: they stay in the cause, for the log.
 */
export function toUnreachable(error: WeirError, upstream: string): WeirError {
  if (!error.neverSent || error.code !== 'UNAVAILABLE') return error;
  return new WeirError(
    'UNAVAILABLE',
    `The backend "${upstream}" cannot be reached at the moment. The call was not sent; try again shortly.`,
    { origin: 'backend', neverSent: true, retryAfterMs: 1_000, cause: error },
  );
}
