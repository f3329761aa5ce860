import type { GrpcCode, WeirError } from '../../errors.ts';
import type { BreakerOutcome } from './breaker.ts';

/** Statuses that speak of the backend's condition. Not PERMISSION_DENIED and the like: one bad caller would trip it. */
const BACKEND_FAULTS: ReadonlySet<GrpcCode> = new Set([
  'DATA_LOSS',
  'DEADLINE_EXCEEDED',
  'INTERNAL',
  'UNAVAILABLE',
  'UNKNOWN',
]);

/**
 * What the end of a call says about the endpoint that served it. The gateway's own refusals, calls that it
 * came too late to send and calls that the caller took back say nothing, nor does a deadline that the caller
 * made shorter than it had to be, or he could open breakers with it; any other status shows that the backend
 * is there and answers.
 */
export function toBreakerOutcome(error: WeirError | undefined, hurried = false): BreakerOutcome {
  if (error === undefined) return 'success';
  if (hurried && error.code === 'DEADLINE_EXCEEDED') return 'ignored';
  if (error.origin === 'gateway') return 'ignored';
  if (error.code === 'CANCELLED' || error.code === 'RESOURCE_EXHAUSTED') return 'ignored';
  return BACKEND_FAULTS.has(error.code) ? 'failure' : 'success';
}
