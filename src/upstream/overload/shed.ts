import type { UpstreamConfig } from '../../config/schema.ts';
import { WeirError } from '../../errors.ts';
import type { Clock } from '../../lib/clock.ts';
import type { AttemptHandler } from '../attempt.ts';
import { type ConcurrencyOutcome, createAdaptiveConcurrency } from './adaptive-concurrency.ts';

/**
 * Refuses attempts above what the upstream answers in good time: a call that waits in a queue until its
 * deadline costs as much as one that is answered, and helps nobody. Without a configuration it is no step.
 */
export function createShedStep(
  upstream: string,
  config: UpstreamConfig['adaptiveConcurrency'],
  clock: Clock,
) {
  return (next: AttemptHandler): AttemptHandler => {
    if (config === undefined) return next;
    const limiter = createAdaptiveConcurrency({ ...config, bestForMs: config.bestFor }, clock);
    return async function shedOrGo(attempt) {
      const leave = limiter.enter();
      if (leave === undefined) {
        attempt.call.notes?.event('shed', {
          'weir.upstream': upstream,
          'weir.limit': limiter.limit,
        });
        throw new WeirError(
          'RESOURCE_EXHAUSTED',
          `The backend "${upstream}" is busy with as many calls as it answers in good time. The call was not sent.`,
          { neverSent: true, retryAfterMs: 1_000 },
        );
      }
      try {
        const reply = await next(attempt);
        leave('answered');
        return reply;
      } catch (thrown) {
        const error = WeirError.from(thrown);
        leave(toConcurrencyOutcome(error));
        throw error;
      }
    };
  };
}

function toConcurrencyOutcome({ code, neverSent }: WeirError): ConcurrencyOutcome {
  if (code === 'RESOURCE_EXHAUSTED' || code === 'DEADLINE_EXCEEDED') return 'dropped';
  return code === 'CANCELLED' || neverSent ? 'ignored' : 'answered';
}
