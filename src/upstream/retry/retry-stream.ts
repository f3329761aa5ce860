import { WeirError } from '../../errors.ts';
import type { StreamAttemptHandler } from '../attempt.ts';
import type { BackendCall } from '../backend-call.ts';
import type { BegunStream } from '../begun-stream.ts';
import type { Endpoint } from '../endpoint.ts';
import { awaitRetry, type RetryOptions } from './await-retry.ts';

/**
 * Begins a stream again as long as `awaitRetry` lets it and nothing has come of it. From the first message on
 * the caller has seen a part, and only he knows whether the rest of another stream would fit to it.
 */
export function createStreamRetry(options: RetryOptions) {
  return (attemptOnce: StreamAttemptHandler) =>
    async function beginWithRetries(call: BackendCall): Promise<BegunStream> {
      const tried: Endpoint[] = [];
      let transparentRetries = 0;
      options.budget.deposit();
      for (let number = 1; ; number++) {
        const attempt = { call, number, deadline: call.deadline, tried };
        try {
          const rest = attemptOnce(attempt)[Symbol.asyncIterator]();
          return { first: await rest.next(), rest };
        } catch (thrown) {
          const error = WeirError.from(thrown);
          transparentRetries = await awaitRetry(error, attempt, transparentRetries, options);
        }
      }
    };
}
