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
  /** A few, of values that nobody outside chooses; numbers are whole and not below 0. */
  readonly attributes?: EventAttributes | undefined;
}

export type EventAttributes = Readonly<Record<string, string | number>>;

/** A call that lives for days must not fill the memory with what happened to it. */
const MAX_EVENTS = 32;

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
  /** The failure that the contract's declared answer stood in for. */
  fallback: GrpcCode | undefined;
  /** Undefined where nobody asked for one. */
  trace: CallTrace | undefined;
  attempts: AttemptNote[] | undefined;
  events: EventNote[] | undefined;
  /** Above the most that are kept. */
  droppedEvents = 0;
  /** How often a stream was held back by a limit on its messages, and for how long in all. */
  pauses = 0;
  pausedMs = 0;

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

  event(name: string, attributes?: EventAttributes): void {
    this.events ??= [];
    if (this.events.length >= MAX_EVENTS) this.droppedEvents++;
    else this.events.push({ name, at: performance.now(), attributes });
  }

  /** Tells of the first, and counts the rest: one event for each message would say no more. */
  paused(waitedMs: number): void {
    if (this.pauses === 0) this.event('held back by a limit', { 'weir.wait_ms': waitedMs });
    this.pauses++;
    this.pausedMs += waitedMs;
  }
}
