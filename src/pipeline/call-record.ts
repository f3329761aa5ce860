import type { WeirError } from '../errors.ts';
import type { CallNotes } from '../telemetry/call-notes.ts';
import type { Call } from './call.ts';

/** What is known of a call when it ended. */
export interface CallRecord {
  readonly call: Call;
  readonly notes: CallNotes;
  /** On the `performance.now()` clock. */
  readonly startedAt: number;
  readonly durationMs: number;
  /** Undefined when the call succeeded. */
  readonly error: WeirError | undefined;
  /** Messages sent to the caller; 1 for a unary call that succeeded. */
  readonly messages: number;
  /** Undefined where the call's trace is not kept. */
  readonly traceId: string | undefined;
}
