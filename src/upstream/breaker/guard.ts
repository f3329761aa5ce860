import { WeirError } from '../../errors.ts';
import type { EndpointHandler } from '../attempt.ts';
import type { Endpoint } from '../endpoint.ts';
import type { ReplyStream } from '../transport/transport.ts';
import type { BreakerOutcome, ReportOutcome } from './breaker.ts';
import { toBreakerOutcome } from './to-breaker-outcome.ts';

/** Learns how each attempt ended, beside the endpoint's own breaker. */
export type Observe = (endpoint: Endpoint, outcome: BreakerOutcome) => void;

/** Asks the endpoint's breaker before each attempt, tells it how the attempt ended, and counts what is in flight. */
export function createGuardStep(observe: Observe) {
  return (next: EndpointHandler): EndpointHandler =>
    async function guardAttempt(attempt, endpoint) {
      const report = enter(endpoint, observe);
      const { meter } = endpoint;
      const started = performance.now();
      endpoint.inFlight++;
      try {
        const reply = await next(attempt, endpoint);
        meter.ended(undefined, performance.now() - started);
        report('success');
        return reply;
      } catch (thrown) {
        const error = WeirError.from(thrown);
        meter.ended(error.code, performance.now() - started);
        report(toBreakerOutcome(error));
        throw error;
      } finally {
        endpoint.inFlight--;
      }
    };
}

/** The same for a stream, whose outcome is known when its first message came or when it failed before that. */
export function guardStream(
  endpoint: Endpoint,
  observe: Observe,
  open: () => ReplyStream,
): ReplyStream {
  const report = enter(endpoint, observe);
  const stream = open();
  let reported = false;
  const reportOnce: ReportOutcome = (outcome) => {
    if (reported) return;
    reported = true;
    report(outcome);
  };

  async function* read(): AsyncGenerator<Uint8Array, void, undefined> {
    endpoint.inFlight++;
    try {
      for await (const message of stream) {
        reportOnce('success');
        yield message;
      }
      endpoint.meter.attempts.count(undefined);
      reportOnce('success');
    } catch (thrown) {
      const error = WeirError.from(thrown);
      endpoint.meter.attempts.count(error.code);
      reportOnce(toBreakerOutcome(error));
      throw error;
    } finally {
      reportOnce('ignored');
      endpoint.inFlight--;
    }
  }

  return { headers: stream.headers, trailers: stream.trailers, [Symbol.asyncIterator]: read };
}

function enter(endpoint: Endpoint, observe: Observe): ReportOutcome {
  const report = endpoint.breaker.enter();
  if (report !== undefined) {
    return (outcome) => {
      report(outcome);
      observe(endpoint, outcome);
    };
  }
  // Between picking and entering, others took the last places for probes.
  throw new WeirError(
    'UNAVAILABLE',
    'The backend is recovering and takes only a few calls for now. The call was not sent.',
    { neverSent: true, retryAfterMs: 1_000 },
  );
}
