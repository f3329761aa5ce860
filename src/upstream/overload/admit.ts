import type { UpstreamConfig } from '../../config/schema.ts';
import { WeirError } from '../../errors.ts';
import type { AttemptHandler } from '../attempt.ts';
import type { Surroundings } from '../surroundings.ts';
import { type ConcurrencyOutcome, createAdaptiveConcurrency } from './adaptive-concurrency.ts';
import { Gate } from './gate.ts';

export interface AdmitOptions extends Pick<Surroundings, 'clock' | 'sleep'> {
  readonly upstream: string;
  readonly config: Pick<UpstreamConfig, 'adaptiveConcurrency' | 'queue'>;
  /** How many endpoints take calls now. */
  readonly candidates: () => number;
  readonly onShed: () => void;
}

/**
 * Holds back attempts above what the upstream answers in good time: a call that waits in a backend until
 * its deadline costs as much as one that is answered, and helps nobody. Without a configuration it is no step.
 */
export function createAdmitStep(options: AdmitOptions) {
  const { config, candidates, clock } = options;
  const { adaptiveConcurrency, queue } = config;
  return (next: AttemptHandler): AttemptHandler => {
    if (adaptiveConcurrency === undefined && queue === undefined) return next;
    const perEndpoint = queue?.maxInFlight;
    const gate = new Gate({
      ...options,
      // Where nobody takes calls it is for picking to say so.
      limit: perEndpoint === undefined ? undefined : () => perEndpoint * Math.max(1, candidates()),
      adaptive:
        adaptiveConcurrency &&
        createAdaptiveConcurrency(
          { ...adaptiveConcurrency, bestForMs: adaptiveConcurrency.bestFor },
          clock,
        ),
      maxPending: queue?.maxPending ?? 0,
      maxWaitMs: queue?.maxWait ?? 0,
    });
    return async function admitAndGo(attempt) {
      const entered = gate.enter(attempt.call);
      const leave = entered instanceof Promise ? await entered : entered;
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
