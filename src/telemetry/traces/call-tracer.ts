import type { GrpcCode } from '../../errors.ts';
import type { AttemptNote, CallNotes } from '../call-notes.ts';
import { CallTrace } from './call-trace.ts';
import { NOT_SAMPLED, RequestTrace } from './request-trace.ts';
import { isFault, type Sampling } from './sampling.ts';
import type { SpanQueue } from './span-queue.ts';
import { clientSpan, type SpanWriter, serverSpan, spanAttribute } from './span-writer.ts';
import {
  companionsOf,
  type HeaderValues,
  parseTraceparent,
  type TraceParent,
} from './trace-context.ts';
import { newSpanId, newTraceId } from './trace-ids.ts';

export interface CallTracerOptions {
  readonly queue: SpanQueue;
  readonly sampling: Sampling;
}

/** A call that ended; times on the `performance.now()` clock. */
export interface TracedCall {
  readonly requestId: string;
  /** The procedure, for example `market.v1.quoteService.getQuote`. */
  readonly path: string;
  /** The RPC behind it, for example `/market.v1.QuoteService/GetQuote`. */
  readonly rpcPath: string;
  readonly stream: boolean;
  readonly wire: string;
  readonly clientAddress: string;
  readonly startedAt: number;
  readonly endedAt: number;
  /** Undefined for a success. */
  readonly code: GrpcCode | undefined;
  readonly message: string | undefined;
  readonly messages: number;
  readonly notes: CallNotes;
}

/** Names that the semantic conventions have are theirs; test/telemetry/semantic-conventions.ts lists them. */
const rpcSystem = spanAttribute('rpc.system.name');
const rpcMethod = spanAttribute('rpc.method');
const statusCode = spanAttribute('rpc.status_code');
const errorType = spanAttribute('error.type');
const clientAddress = spanAttribute('client.address');
const serverAddress = spanAttribute('server.address');
const transport = spanAttribute('weir.transport');
const cacheResult = spanAttribute('weir.cache.result');
const fallback = spanAttribute('weir.fallback');

/**
 * Writes the spans of calls that have ended. While a call runs there are only ids, and those only where
 * somebody may ask for them: a call that is not sampled costs one look at its headers.
 */
export class CallTracer {
  readonly #options: CallTracerOptions;

  constructor(options: CallTracerOptions) {
    this.#options = options;
  }

  /** @param request the batch that the call came with. */
  begin(
    path: string,
    headers: HeaderValues,
    request: TraceParent | undefined,
  ): CallTrace | undefined {
    const { sampling } = this.#options;
    if (request === NOT_SAMPLED) return undefined;
    const given = headers.traceparent;
    // By far the most calls end here.
    const parent = request ?? (given === undefined ? undefined : parseTraceparent(given));
    const sampled = sampling.atStart(path, parent);
    if (!sampled && parent === undefined) return undefined;
    const remoteParent = request === undefined;
    return new CallTrace({ parent, remoteParent, companions: companionsOf(headers), sampled });
  }

  /** For an HTTP request of several calls; undefined when it is not sampled. */
  beginRequest(headers: HeaderValues): RequestTrace | undefined {
    const { sampling, queue } = this.#options;
    const parent = parseTraceparent(headers.traceparent);
    return sampling.atStart('', parent) ? new RequestTrace(queue, parent) : undefined;
  }

  /** The trace id when the call's spans are kept, undefined when not. */
  end(call: TracedCall): string | undefined {
    const { sampling, queue } = this.#options;
    const { code, startedAt, endedAt, notes, stream } = call;
    // A stream is long by nature.
    const durationMs = stream ? undefined : endedAt - startedAt;
    const kept = notes.trace?.sampled === true || sampling.atEnd(code, durationMs, endedAt);
    if (!kept) return undefined;
    const writer = queue.enter(1 + (notes.attempts?.length ?? 0));
    if (writer === undefined) return undefined;
    const traceId = write(writer, call);
    queue.leave();
    return traceId;
  }
}

function write(writer: SpanWriter, call: TracedCall): string {
  const { notes, code, path } = call;
  const { trace: known } = notes;
  const traceId = known?.traceId ?? newTraceId();
  const spanId = known?.spanId ?? newSpanId();
  writer.begin({
    traceId,
    spanId,
    parentSpanId: known?.parent?.spanId,
    remoteParent: known?.remoteParent ?? false,
    traceState: known?.traceState,
    fixed: serverSpan(path),
    startedAt: call.startedAt,
    endedAt: call.endedAt,
  });
  writer.encoded(rpcSystem('trpc'));
  writer.encoded(rpcMethod(path));
  writer.encoded(statusCode(code ?? 'OK'));
  writer.encoded(clientAddress(call.clientAddress));
  writer.encoded(transport(call.wire));
  writer.attribute('weir.request_id', call.requestId);
  writer.attribute('weir.request.size', notes.requestBytes);
  writer.attribute('weir.response.size', notes.responseBytes);
  if (call.stream) writer.attribute('weir.stream.messages', call.messages);
  if (notes.cache !== undefined) writer.encoded(cacheResult(notes.cache));
  if (notes.fallback !== undefined) writer.encoded(fallback(notes.fallback));
  if (notes.pauses > 0) {
    writer.attribute('weir.stream.pauses', notes.pauses);
    writer.attribute('weir.stream.paused_ms', Math.round(notes.pausedMs));
  }
  if (notes.events !== undefined) writer.events(notes.events, notes.droppedEvents);
  // As the conventions say of servers: what a caller did wrong is no error of the server.
  if (code !== undefined && isFault(code)) {
    writer.encoded(errorType(code));
    writer.failed(call.message ?? '');
  }
  writer.end();
  const rpc = call.rpcPath.slice(1);
  for (const [index, attempt] of (notes.attempts ?? []).entries()) {
    const ids = { traceId, spanId: known?.attemptIds[index] ?? newSpanId(), parentSpanId: spanId };
    writeAttempt(writer, rpc, attempt, index, ids);
  }
  return traceId;
}

function writeAttempt(
  writer: SpanWriter,
  rpc: string,
  { endpoint, code, startedAt, endedAt }: AttemptNote,
  index: number,
  ids: { readonly traceId: string; readonly spanId: string; readonly parentSpanId: string },
): void {
  const colon = endpoint.lastIndexOf(':');
  const port = colon === -1 ? Number.NaN : Number(endpoint.slice(colon + 1));
  writer.begin({ ...ids, remoteParent: false, fixed: clientSpan(rpc), startedAt, endedAt });
  writer.encoded(rpcSystem('grpc'));
  writer.encoded(rpcMethod(rpc));
  writer.encoded(statusCode(code ?? 'OK'));
  writer.encoded(serverAddress(Number.isInteger(port) ? endpoint.slice(0, colon) : endpoint));
  if (Number.isInteger(port)) writer.attribute('server.port', port);
  if (index > 0) writer.attribute('weir.attempt', index + 1);
  // For a client every status but OK is an error.
  if (code !== undefined) {
    writer.encoded(errorType(code));
    writer.failed('');
  }
  writer.end();
}
