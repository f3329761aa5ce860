import { WeirError } from '../errors.ts';
import type { Call } from './call.ts';
import type { StreamMiddleware, UnaryMiddleware } from './middleware.ts';

/** What is known of a call when it ended. */
export interface CallRecord {
  readonly call: Call;
  readonly durationMs: number;
  /** Undefined when the call succeeded. */
  readonly error: WeirError | undefined;
  /** Messages sent to the caller; 1 for a unary call that succeeded. */
  readonly messages: number;
}

export type Recorder = (record: CallRecord) => void;

/** Reports every call once, however it ended. Whatever was thrown is a `WeirError` from here on. */
export function createUnaryRecord(report: Recorder): UnaryMiddleware {
  return (next) =>
    async function recordCall(call) {
      const started = performance.now();
      try {
        const reply = await next(call);
        report({ call, durationMs: performance.now() - started, error: undefined, messages: 1 });
        return reply;
      } catch (thrown) {
        const error = WeirError.from(thrown);
        report({ call, durationMs: performance.now() - started, error, messages: 0 });
        throw error;
      }
    };
}

export function createStreamRecord(report: Recorder): StreamMiddleware {
  return (next) =>
    async function* recordStream(call) {
      const started = performance.now();
      let messages = 0;
      let error: WeirError | undefined;
      try {
        for await (const item of next(call)) {
          messages++;
          yield item;
        }
      } catch (thrown) {
        error = WeirError.from(thrown);
        throw error;
      } finally {
        report({ call, durationMs: performance.now() - started, error, messages });
      }
    };
}
