import { WeirError } from '../../errors.ts';
import { type AttemptHandler, attemptDeadline } from '../attempt.ts';
import type { BackendCall } from '../backend-call.ts';
import type { Endpoint } from '../endpoint.ts';
import type { UnaryReply } from '../transport/transport.ts';
import { awaitRetry, type RetryOptions } from './await-retry.ts';

/** Tries a unary call again as long as `awaitRetry` lets it. */
export function createRetry(options: RetryOptions) {
  return (attemptOnce: AttemptHandler) =>
    async function callWithRetries(call: BackendCall): Promise<UnaryReply> {
      const tried: Endpoint[] = [];
      let transparentRetries = 0;
      options.budget.deposit();
      for (let number = 1; ; number++) {
        const deadline = attemptDeadline(call, options.clock());
        const attempt = { call, number, deadline, tried };
        try {
          return await attemptOnce(attempt);
        } catch (thrown) {
          const error = WeirError.from(thrown);
          transparentRetries = await awaitRetry(error, attempt, transparentRetries, options);
        }
      }
    };
}
