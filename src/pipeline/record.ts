import type { Method } from '../contract/method.ts';
import { WeirError } from '../errors.ts';
import { CallNotes } from '../telemetry/call-notes.ts';
import type { MethodMeter } from '../telemetry/metrics/method-meter.ts';
import type { CallTracer } from '../telemetry/traces/call-tracer.ts';
import type { Call } from './call.ts';
import type { CallRecord } from './call-record.ts';
import type { StreamMiddleware, UnaryMiddleware } from './middleware.ts';
import type { Reply } from './reply.ts';
import { withAttempts, withFailedAttempts } from './tell-attempts.ts';
import { traceCall } from './trace.ts';

export interface RecordOptions {
  /** Called once for each call, however it ended. */
  readonly report: (record: CallRecord) => void;
  /** Undefined where nothing is counted. */
  readonly meterOf: (method: Method) => MethodMeter | undefined;
  /** Undefined where there are no traces. */
  readonly tracer: CallTracer | undefined;
}

/** Reports every call once, however it ended. Whatever was thrown is a `WeirError` from here on. */
export function createUnaryRecord(options: RecordOptions): UnaryMiddleware {
  return (next) =>
    function recordCall(call) {
      const startedAt = performance.now();
      const notes = beginNotes(call, options);
      const meter = options.meterOf(call.method);
      meter?.started();
      function succeed(reply: Reply): Reply {
        const durationMs = performance.now() - startedAt;
        end({ call, notes, startedAt, durationMs, error: undefined, messages: 1 }, meter, options);
        return withAttempts(reply, notes);
      }
      function fail(thrown: unknown): never {
        const error = WeirError.from(thrown);
        const durationMs = performance.now() - startedAt;
        end({ call, notes, startedAt, durationMs, error, messages: 0 }, meter, options);
        throw withFailedAttempts(error, notes);
      }
      let reply: Reply | Promise<Reply>;
      try {
        reply = next({ ...call, notes });
      } catch (thrown) {
        return fail(thrown);
      }
      return reply instanceof Promise ? reply.then(succeed, fail) : succeed(reply);
    };
}

export function createStreamRecord(options: RecordOptions): StreamMiddleware {
  return (next) =>
    async function* recordStream(call) {
      const startedAt = performance.now();
      const notes = beginNotes(call, options);
      const meter = options.meterOf(call.method);
      let messages = 0;
      let error: WeirError | undefined;
      meter?.started();
      try {
        for await (const item of next({ ...call, notes })) {
          messages++;
          if (meter !== undefined) meter.messages++;
          yield item;
        }
      } catch (thrown) {
        error = WeirError.from(thrown);
        throw error;
      } finally {
        const durationMs = performance.now() - startedAt;
        end({ call, notes, startedAt, durationMs, error, messages }, meter, options);
      }
    };
}

function beginNotes(call: Call, { tracer }: RecordOptions): CallNotes {
  const notes = new CallNotes();
  if (tracer !== undefined) {
    notes.trace = tracer.begin(call.method.path, call.headers, call.request);
  }
  return notes;
}

function end(
  ended: Omit<CallRecord, 'traceId'>,
  meter: MethodMeter | undefined,
  { report, tracer }: RecordOptions,
): void {
  const traceId = tracer && traceCall(tracer, ended);
  const { call, notes, durationMs, error } = ended;
  meter?.ended({
    transport: call.wire,
    code: error?.code,
    fallback: notes.fallback,
    ownFailure: error?.origin === 'gateway',
    durationMs,
    requestBytes: notes.requestBytes,
    responseBytes: notes.responseBytes,
    traceId,
  });
  // The caller's own trace id finds the call too, if not its spans.
  report({ ...ended, traceId: traceId ?? notes.trace?.traceId });
}
