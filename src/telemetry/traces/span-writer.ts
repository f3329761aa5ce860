import type { EventNote } from '../call-notes.ts';
import { type AttributeValue, rememberEncoded, writeAttribute } from './attribute.ts';
import { WireWriter } from './wire-writer.ts';

/** Field numbers of `opentelemetry.proto.trace.v1`, whose `Span` is told here as it stands on the wire. */
const SPANS_OF_SCOPE = 2;
const SPAN = {
  traceId: 1,
  spanId: 2,
  traceState: 3,
  parentSpanId: 4,
  name: 5,
  kind: 6,
  startTime: 7,
  endTime: 8,
  attributes: 9,
  events: 11,
  droppedEvents: 12,
  status: 15,
  flags: 16,
} as const;
const EVENT = { time: 1, name: 2, attributes: 3 } as const;
const STATUS = { message: 2, code: 3 } as const;

const SERVER = 2;
const CLIENT = 3;
const STATUS_ERROR = 2;

/** `SpanFlags`: the W3C flag, then whether it is known that the parent is remote, then whether it is. */
const SAMPLED = 0x001;
const KNOWN = 0x100;
const REMOTE = 0x200;

/** A message of an error may quote what a caller sent. */
const MAX_MESSAGE_LENGTH = 1_024;

export interface SpanHead {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  /** The parent is in another process. */
  readonly remoteParent: boolean;
  readonly traceState?: string | undefined;
  /** From {@link serverSpan} or {@link clientSpan}. */
  readonly fixed: Uint8Array;
  /** Both on the `performance.now()` clock. */
  readonly startedAt: number;
  readonly endedAt: number;
}

/** The fields of a span that all of its name share: name, kind. */
export const serverSpan = rememberEncoded<string>((writer, name) => fixed(writer, name, SERVER));
export const clientSpan = rememberEncoded<string>((writer, name) => fixed(writer, name, CLIENT));

/** An attribute whose values repeat. */
export function spanAttribute(key: string): (value: string) => Uint8Array {
  return rememberEncoded((writer, value) => writeAttribute(writer, SPAN.attributes, key, value));
}

/**
 * Writes spans as OTLP has them, with no object for each in between: of a span through the SDK, four
 * fifths of the cost are its attributes on their way from objects to bytes.
 */
export class SpanWriter {
  readonly #wire = new WireWriter();
  #start = 0;

  /** The spans written since the last time, each as an element of `ScopeSpans.spans`. */
  take(): Uint8Array {
    return this.#wire.take();
  }

  begin(head: SpanHead): void {
    const wire = this.#wire;
    this.#start = wire.open(SPANS_OF_SCOPE);
    wire.id(SPAN.traceId, head.traceId);
    wire.id(SPAN.spanId, head.spanId);
    if (head.parentSpanId !== undefined) wire.id(SPAN.parentSpanId, head.parentSpanId);
    if (head.traceState !== undefined) wire.string(SPAN.traceState, head.traceState);
    wire.append(head.fixed);
    wire.fixed64(SPAN.startTime, toEpochNanos(head.startedAt));
    wire.fixed64(SPAN.endTime, toEpochNanos(head.endedAt));
    wire.fixed32(SPAN.flags, SAMPLED | KNOWN | (head.remoteParent ? REMOTE : 0));
  }

  /** @param encoded from {@link spanAttribute} */
  encoded(encoded: Uint8Array): void {
    this.#wire.append(encoded);
  }

  attribute(key: string, value: AttributeValue): void {
    writeAttribute(this.#wire, SPAN.attributes, key, value);
  }

  events(events: readonly EventNote[], dropped: number): void {
    const wire = this.#wire;
    for (const { name, at, attributes } of events) {
      const start = wire.open(SPAN.events);
      wire.fixed64(EVENT.time, toEpochNanos(at));
      wire.string(EVENT.name, name);
      for (const [key, value] of Object.entries(attributes ?? {})) {
        writeAttribute(wire, EVENT.attributes, key, value);
      }
      wire.close(start);
    }
    if (dropped > 0) wire.integer(SPAN.droppedEvents, dropped);
  }

  /** The span tells of an error. */
  failed(message: string): void {
    const wire = this.#wire;
    const start = wire.open(SPAN.status);
    if (message !== '') wire.string(STATUS.message, message.slice(0, MAX_MESSAGE_LENGTH));
    wire.integer(STATUS.code, STATUS_ERROR);
    wire.close(start);
  }

  end(): void {
    this.#wire.close(this.#start);
  }
}

function fixed(writer: WireWriter, name: string, kind: number): void {
  writer.string(SPAN.name, name);
  writer.integer(SPAN.kind, kind);
}

function toEpochNanos(moment: number): number {
  return (performance.timeOrigin + moment) * 1e6;
}
