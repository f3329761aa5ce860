import { formatTraceparent, type TraceParent } from './trace-context.ts';
import { newSpanId, newTraceId } from './trace-ids.ts';

export type MetadataPairs = readonly (readonly [name: string, value: string])[];

export interface CallTraceOptions {
  readonly parent: TraceParent | undefined;
  /** The parent is the caller, not the request that this gateway got the call in. */
  readonly remoteParent: boolean;
  readonly companions: MetadataPairs;
  readonly sampled: boolean;
}

/** The trace of a call while it runs: its ids, and what its backends are told of it. */
export class CallTrace {
  readonly traceId: string;
  readonly spanId = newSpanId();
  readonly parent: TraceParent | undefined;
  readonly remoteParent: boolean;
  /** Decided at the start; a call that fails or is slow is kept all the same. */
  readonly sampled: boolean;
  /** The span of each attempt, in order. */
  readonly attemptIds: string[] = [];
  readonly #companions: MetadataPairs;

  constructor({ parent, remoteParent, companions, sampled }: CallTraceOptions) {
    this.traceId = parent?.traceId ?? newTraceId();
    this.parent = parent;
    this.remoteParent = remoteParent;
    this.sampled = sampled;
    this.#companions = companions;
  }

  get traceState(): string | undefined {
    return this.#companions.find(([name]) => name === 'tracestate')?.[1];
  }

  /** gRPC metadata for the next attempt. */
  outgoing(): MetadataPairs {
    const spanId = newSpanId();
    this.attemptIds.push(spanId);
    const { traceId, sampled } = this;
    const parent = ['traceparent', formatTraceparent({ traceId, spanId, sampled })] as const;
    return this.#companions.length === 0 ? [parent] : [parent, ...this.#companions];
  }
}
