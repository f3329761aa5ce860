import { SpanKind, SpanStatusCode, type Tracer } from '@opentelemetry/api';
import type { PrescribedIds } from './prescribed-ids.ts';
import { contextOf, toEpoch } from './span-context.ts';
import type { TraceParent } from './trace-context.ts';

/** What the calls of a batch have for a parent when their request is not sampled: none, and they are not either. */
export const NOT_SAMPLED: TraceParent = Object.freeze({ traceId: '', spanId: '', sampled: false });

export interface RequestTraceOptions {
  readonly tracer: Tracer;
  readonly ids: PrescribedIds;
  readonly parent: TraceParent | undefined;
}

/** The span of an HTTP request that carries several calls. */
export class RequestTrace {
  /** The parent of its calls. */
  readonly asParent: TraceParent;
  readonly #options: RequestTraceOptions;
  readonly #startedAt = performance.now();

  constructor(options: RequestTraceOptions) {
    const { parent, ids } = options;
    this.#options = options;
    this.asParent = {
      traceId: parent?.traceId ?? ids.generateTraceId(),
      spanId: ids.generateSpanId(),
      sampled: true,
    };
  }

  end(method: string, calls: number, status: number): void {
    const { tracer, ids, parent } = this.#options;
    ids.prescribe(this.asParent.traceId, this.asParent.spanId);
    const attributes = {
      'http.request.method': method,
      'http.response.status_code': status,
      'weir.batch.calls': calls,
    };
    const startTime = toEpoch(this.#startedAt);
    const span = tracer.startSpan(
      `${method} batch`,
      { kind: SpanKind.SERVER, startTime, attributes },
      contextOf(parent),
    );
    if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
    span.end(toEpoch(performance.now()));
  }
}
