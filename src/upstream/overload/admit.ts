import type { UpstreamConfig } from '../../config/schema.ts';
import { WeirError } from '../../errors.ts';
import { type Attempt, type AttemptHandler, attemptDeadline, isHurried } from '../attempt.ts';
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

/** Holds back attempts above what the upstream answers in good time. */
export interface Admission {
  readonly step: (next: AttemptHandler) => AttemptHandler;
  /** What waits and may be under way now; undefined where nothing is held back. */
  readonly gate: Pick<Gate, 'pending' | 'limit'> | undefined;
}

/**
 * A call that waits in a backend until its deadline costs as much as one that is answered, and helps nobody.
 * Without a configuration it is no step.
 */
export function createAdmission(options: AdmitOptions): Admission {
  const { config, candidates, clock } = options;
  const { adaptiveConcurrency, queue } = config;
  if (adaptiveConcurrency === undefined && queue === undefined) {
    return { step: (next) => next, gate: undefined };
  }
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
  const step = (next: AttemptHandler): AttemptHandler =>
    async function admitAndGo(attempt) {
      const entered = gate.enter(attempt.call);
      const waited = entered instanceof Promise;
      const leave = waited ? await entered : entered;
      // The time of an attempt is for the endpoint: what it spent waiting here is not the endpoint's fault.
      const begun = waited
        ? { ...attempt, deadline: attemptDeadline(attempt.call, clock()) }
        : attempt;
      try {
        const reply = await next(begun);
        leave('answered');
        return reply;
      } catch (thrown) {
        const error = WeirError.from(thrown);
        leave(toConcurrencyOutcome(error, begun));
        throw error;
      }
    };
  return { step, gate };
}

function toConcurrencyOutcome(error: WeirError, attempt: Attempt): ConcurrencyOutcome {
  const { code, neverSent } = error;
  if (neverSent || code === 'CANCELLED') return 'ignored';
  if (code === 'DEADLINE_EXCEEDED') return isHurried(attempt) ? 'ignored' : 'dropped';
  return code === 'RESOURCE_EXHAUSTED' ? 'dropped' : 'answered';
}
