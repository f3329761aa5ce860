import type { SpanQueue } from './span-queue.ts';
import { serverSpan, spanAttribute } from './span-writer.ts';
import type { TraceParent } from './trace-context.ts';
import { newSpanId, newTraceId } from './trace-ids.ts';

/** What the calls of a batch have for a parent when their request is not sampled: none, and they are not either. */
export const NOT_SAMPLED: TraceParent = Object.freeze({ traceId: '', spanId: '', sampled: false });

/** A batch names all its procedures in its path. */
const MAX_PATH_LENGTH = 1_024;

const requestMethod = spanAttribute('http.request.method');
const scheme = spanAttribute('url.scheme');
const errorType = spanAttribute('error.type');

/** An HTTP request that was answered. */
export interface TracedRequest {
  readonly method: string;
  readonly scheme: 'http' | 'https';
  /** Without the query, which has the inputs. */
  readonly path: string;
  readonly clientAddress: string;
  readonly calls: number;
  readonly status: number;
}

/** The span of an HTTP request that carries several calls. */
export class RequestTrace {
  /** The parent of its calls. */
  readonly asParent: TraceParent;
  readonly #queue: SpanQueue;
  readonly #parent: TraceParent | undefined;
  readonly #startedAt = performance.now();

  constructor(queue: SpanQueue, parent: TraceParent | undefined) {
    this.#queue = queue;
    this.#parent = parent;
    const traceId = parent?.traceId ?? newTraceId();
    this.asParent = { traceId, spanId: newSpanId(), sampled: true };
  }

  end(request: TracedRequest): void {
    const { traceId, spanId } = this.asParent;
    const { status } = request;
    const writer = this.#queue.enter(1);
    if (writer === undefined) return;
    writer.begin({
      traceId,
      spanId,
      parentSpanId: this.#parent?.spanId,
      remoteParent: this.#parent !== undefined,
      fixed: serverSpan(`${request.method} batch`),
      startedAt: this.#startedAt,
      endedAt: performance.now(),
    });
    writer.encoded(requestMethod(request.method));
    writer.encoded(scheme(request.scheme));
    writer.attribute('url.path', request.path.slice(0, MAX_PATH_LENGTH));
    writer.attribute('client.address', request.clientAddress);
    writer.attribute('http.response.status_code', status);
    writer.attribute('weir.batch.calls', request.calls);
    if (status >= 500) {
      writer.encoded(errorType(String(status)));
      writer.failed('');
    }
    writer.end();
    this.#queue.leave();
  }
}
