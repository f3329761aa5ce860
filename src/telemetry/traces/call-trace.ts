import { formatTraceparent, type TraceParent } from './trace-context.ts';

export type MetadataPairs = readonly (readonly [name: string, value: string])[];

export interface CallTraceOptions {
  readonly parent: TraceParent | undefined;
  readonly companions: MetadataPairs;
  readonly sampled: boolean;
  readonly newTraceId: () => string;
  readonly newSpanId: () => string;
}

/** The trace of a call while it runs: its ids, and what its backends are told of it. */
export class CallTrace {
  readonly traceId: string;
  readonly spanId: string;
  readonly parent: TraceParent | undefined;
  /** Decided at the start; a call that fails or is slow is kept all the same. */
  readonly sampled: boolean;
  /** The span of each attempt, in order. */
  readonly attemptIds: string[] = [];
  readonly #companions: MetadataPairs;
  readonly #newSpanId: () => string;

  constructor({ parent, companions, sampled, newTraceId, newSpanId }: CallTraceOptions) {
    this.traceId = parent?.traceId ?? newTraceId();
    this.spanId = newSpanId();
    this.parent = parent;
    this.sampled = sampled;
    this.#companions = companions;
    this.#newSpanId = newSpanId;
  }

  /** gRPC metadata for the next attempt. */
  outgoing(): MetadataPairs {
    const spanId = this.#newSpanId();
    this.attemptIds.push(spanId);
    const { traceId, sampled } = this;
    return [['traceparent', formatTraceparent({ traceId, spanId, sampled })], ...this.#companions];
  }
}
