import { WeirError } from '../../errors.ts';
import type { Clock } from '../../lib/clock.ts';
import type { CallNotes } from '../../telemetry/call-notes.ts';
import { type EndpointHandler, type EndpointStreamHandler, isHurried } from '../attempt.ts';
import type { Endpoint } from '../endpoint.ts';
import { redactError } from '../redact-error.ts';
import type { BreakerOutcome, ReportOutcome } from './breaker.ts';
import { toBreakerOutcome } from './to-breaker-outcome.ts';

/** Learns how each attempt ended, beside the endpoint's own breaker. */
export type Observe = (endpoint: Endpoint, outcome: BreakerOutcome) => void;

/** Asks the endpoint's breaker before each attempt, tells it how the attempt ended, and counts what is in flight. */
export function createGuardStep(observe: Observe, clock: Clock) {
  return (next: EndpointHandler): EndpointHandler =>
    async function guardAttempt(attempt, endpoint) {
      const { notes } = attempt.call;
      const report = enter(endpoint, observe, notes);
      const { meter } = endpoint;
      const note = notes?.attempt(endpoint.target.address);
      const started = clock();
      endpoint.inFlight++;
      try {
        const reply = await next(attempt, endpoint);
        const ended = clock();
        meter.ended(undefined, ended - started);
        endpoint.responseTime.answered(ended - started, ended);
        endpoint.silence.answered();
        if (note !== undefined) note.endedAt = ended;
        report('success');
        return reply;
      } catch (thrown) {
        const error = redactError(WeirError.from(thrown), attempt.call);
        const ended = clock();
        meter.ended(error.code, ended - started);
        if (error.answered) endpoint.silence.answered();
        if (error.code === 'RESOURCE_EXHAUSTED') endpoint.responseTime.refused(ended);
        if (note !== undefined) {
          note.endedAt = ended;
          note.code = error.code;
        }
        noteFailure(endpoint, error, ended);
        report(oncePerLoss(endpoint, error, toBreakerOutcome(error, isHurried(attempt)), thrown));
        throw error;
      } finally {
        endpoint.inFlight--;
      }
    };
}

/**
 * How long a stream that says nothing may be one of the few probes of a recovering endpoint. Some topics are
 * quiet for hours; with a place taken by each of them no call would find out that the endpoint is well.
 */
const MOST_SILENCE_MS = 1_000;

/** The same for a stream, whose outcome is known when its first message came or when it failed before that. */
export function createStreamGuardStep(observe: Observe) {
  return (next: EndpointStreamHandler): EndpointStreamHandler =>
    function guardStream(attempt, endpoint) {
      const { notes } = attempt.call;
      const report = enter(endpoint, observe, notes);
      const note = notes?.attempt(endpoint.target.address);
      let reported = false;
      let silence: NodeJS.Timeout | undefined;
      const reportOnce: ReportOutcome = (outcome) => {
        if (reported) return;
        reported = true;
        clearTimeout(silence);
        report(outcome);
      };
      function fail(thrown: unknown): WeirError {
        const error = redactError(WeirError.from(thrown), attempt.call);
        endpoint.meter.attempts.count(error.code);
        if (note !== undefined) note.code = error.code;
        const now = performance.now();
        noteFailure(endpoint, error, now);
        if (error.code === 'UNAVAILABLE') endpoint.lostStreams.lost(now);
        if (!reported) {
          const outcome = toBreakerOutcome(error, isHurried(attempt));
          reportOnce(oncePerLoss(endpoint, error, outcome, thrown));
        }
        return error;
      }
      let stream: AsyncIterable<Uint8Array>;
      try {
        stream = next(attempt, endpoint);
      } catch (thrown) {
        if (note !== undefined) note.endedAt = performance.now();
        throw fail(thrown);
      }
      if (!reported && endpoint.breaker.state.name === 'halfOpen') {
        silence = setTimeout(reportOnce, MOST_SILENCE_MS, 'ignored').unref();
      }

      async function* read(): AsyncGenerator<Uint8Array, void, undefined> {
        endpoint.streams++;
        try {
          for await (const message of stream) {
            if (!reported) notes?.event('first message');
            reportOnce('success');
            yield message;
          }
          endpoint.meter.attempts.count(undefined);
          reportOnce('success');
        } catch (thrown) {
          throw fail(thrown);
        } finally {
          if (note !== undefined) note.endedAt = performance.now();
          reportOnce('ignored');
          endpoint.streams--;
        }
      }

      return read();
    };
}

/** What an operator is shown of an endpoint: not what callers did wrong, which may quote what they sent. */
function noteFailure(endpoint: Endpoint, error: WeirError, at: number): void {
  if (toBreakerOutcome(error) !== 'failure') return;
  endpoint.lastFailure = { code: error.code, message: error.message, at };
}

/**
 * A connection that breaks ends all its calls with one and the same error, and is one failure: else a reset,
 * which the next connection heals, would open the breaker of every busy endpoint. A call that was never sent
 * says anew that nobody can be reached.
 */
function oncePerLoss(
  endpoint: Endpoint,
  { neverSent }: WeirError,
  outcome: BreakerOutcome,
  thrown: unknown,
): BreakerOutcome {
  if (outcome !== 'failure' || neverSent) return outcome;
  if (endpoint.lastCounted === thrown) return 'ignored';
  endpoint.lastCounted = thrown;
  return outcome;
}

function enter(endpoint: Endpoint, observe: Observe, notes: CallNotes | undefined): ReportOutcome {
  const report = endpoint.breaker.enter();
  if (report !== undefined) {
    return (outcome) => {
      report(outcome);
      observe(endpoint, outcome);
    };
  }
  notes?.event('breaker refused', { 'weir.endpoint': endpoint.target.address });
  // Between picking and entering, others took the last places for probes. Another endpoint may have room,
  // so this says nothing of when to come back.
  throw new WeirError(
    'UNAVAILABLE',
    'The backend is recovering and takes only a few calls for now. The call was not sent.',
    { neverSent: true },
  );
}
