import type { Method } from '../contract/method.ts';
import { WeirError } from '../errors.ts';
import { CallNotes } from '../telemetry/call-notes.ts';
import type { MethodMeter } from '../telemetry/metrics/method-meter.ts';
import type { Call } from './call.ts';
import type { StreamMiddleware, UnaryMiddleware } from './middleware.ts';

/** What is known of a call when it ended. */
export interface CallRecord {
  readonly call: Call;
  readonly notes: CallNotes;
  readonly durationMs: number;
  /** Undefined when the call succeeded. */
  readonly error: WeirError | undefined;
  /** Messages sent to the caller; 1 for a unary call that succeeded. */
  readonly messages: number;
}

export interface RecordOptions {
  /** Called once for each call, however it ended. */
  readonly report: (record: CallRecord) => void;
  /** Undefined where nothing is counted. */
  readonly meterOf: (method: Method) => MethodMeter | undefined;
}

/** Reports every call once, however it ended. Whatever was thrown is a `WeirError` from here on. */
export function createUnaryRecord(options: RecordOptions): UnaryMiddleware {
  return (next) =>
    async function recordCall(call) {
      const started = performance.now();
      const notes = new CallNotes();
      const meter = options.meterOf(call.method);
      meter?.started();
      try {
        const reply = await next({ ...call, notes });
        const durationMs = performance.now() - started;
        end({ call, notes, durationMs, error: undefined, messages: 1 }, meter, options);
        return reply;
      } catch (thrown) {
        const error = WeirError.from(thrown);
        const durationMs = performance.now() - started;
        end({ call, notes, durationMs, error, messages: 0 }, meter, options);
        throw error;
      }
    };
}

export function createStreamRecord(options: RecordOptions): StreamMiddleware {
  return (next) =>
    async function* recordStream(call) {
      const started = performance.now();
      const notes = new CallNotes();
      const meter = options.meterOf(call.method);
      let messages = 0;
      let error: WeirError | undefined;
      meter?.started();
      try {
        for await (const item of next({ ...call, notes })) {
          messages++;
          yield item;
        }
      } catch (thrown) {
        error = WeirError.from(thrown);
        throw error;
      } finally {
        const durationMs = performance.now() - started;
        end({ call, notes, durationMs, error, messages }, meter, options);
      }
    };
}

function end(record: CallRecord, meter: MethodMeter | undefined, { report }: RecordOptions): void {
  const { call, notes, durationMs, error, messages } = record;
  meter?.ended({
    transport: call.wire,
    code: error?.code,
    ownFailure: error?.origin === 'gateway',
    durationMs,
    requestBytes: notes.requestBytes,
    responseBytes: notes.responseBytes,
    messages,
    traceId: notes.traceId,
  });
  report(record);
}
