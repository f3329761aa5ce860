import type { GrpcCode } from '../errors.ts';
import type { CallTrace } from './traces/call-trace.ts';

/** One try at a backend; times on the `performance.now()` clock. */
export interface AttemptNote {
  readonly endpoint: string;
  readonly startedAt: number;
  endedAt: number;
  /** Undefined for a success. */
  code: GrpcCode | undefined;
}

/** Something that happened on a call's way, seldom enough to be written down each time. */
export interface EventNote {
  readonly name: string;
  /** On the `performance.now()` clock. */
  readonly at: number;
}

/**
 * What the steps of a call learn on its way and only its record tells: one object that travels with the
 * call, so that nothing has to be handed back through every step.
 */
export class CallNotes {
  /** Who called, as the issuer names him; empty for nobody and until it is known. */
  subject = '';
  /** Protobuf bytes of the request. */
  requestBytes = 0;
  /** Protobuf bytes of the answer, of all messages of a stream. */
  responseBytes = 0;
  /** Where a cached method's answer came from: hit, miss, stale or coalesced. */
  cache: string | undefined;
  /** Undefined where nobody asked for one. */
  trace: CallTrace | undefined;
  attempts: AttemptNote[] | undefined;
  events: EventNote[] | undefined;

  /** The address that the last attempt went to. */
  get endpoint(): string | undefined {
    return this.attempts?.at(-1)?.endpoint;
  }

  attempt(endpoint: string): AttemptNote {
    const now = performance.now();
    const note: AttemptNote = { endpoint, startedAt: now, endedAt: now, code: undefined };
    if (this.attempts === undefined) this.attempts = [note];
    else this.attempts.push(note);
    return note;
  }

  event(name: string): void {
    this.events ??= [];
    this.events.push({ name, at: performance.now() });
  }
}
