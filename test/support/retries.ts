import type { RetryPolicy } from '../../src/contract/policy.ts';
import { WeirError, type WeirErrorOptions } from '../../src/errors.ts';

/** Three attempts, 100 and 150 ms apart where chance is taken out. */
export const THREE_ATTEMPTS: RetryPolicy = {
  maxAttempts: 3,
  codes: ['UNAVAILABLE'],
  initialBackoffMs: 100,
  maxBackoffMs: 150,
  perTryTimeoutMs: undefined,
};

/** What a backend answers, UNAVAILABLE where the test does not say otherwise. */
export function backendFailure(
  options: WeirErrorOptions = {},
  code: WeirError['code'] = 'UNAVAILABLE',
): WeirError {
  return new WeirError(code, 'failed', { origin: 'backend', ...options });
}
