import type { Method } from '../contract/method.ts';
import { WeirError } from '../errors.ts';

/**
 * What a caller hears when a call that must not run twice was sent and no status came back: it may have run.
 * The code stays what it was; an `ErrorInfo` with reason `OUTCOME_UNKNOWN` says that asking comes before
 * sending again. A backend's own DEADLINE_EXCEEDED is no better, because it "may be returned even if the
 * operation has completed successfully" (google.rpc.Code).
 */
export function toOutcomeUnknown(error: WeirError, method: Method): WeirError {
  if (method.idempotency !== 'unknown' || error.neverSent) return error;
  if (error.answered && error.code !== 'DEADLINE_EXCEEDED') return error;
  return new WeirError(
    error.code,
    `${error.message} Whether ${method.path} was carried out is unknown: ask before sending it again.`,
    {
      origin: error.origin,
      metadata: error.metadata,
      ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
      ...(error.statusDetails === undefined ? {} : { statusDetails: error.statusDetails }),
      cause: error,
      details: [
        ...error.details,
        {
          '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
          reason: 'OUTCOME_UNKNOWN',
          domain: 'weir',
          metadata: { method: method.path },
        },
      ],
    },
  );
}
