import {
  type Attributes,
  type Context,
  SpanKind,
  SpanStatusCode,
  type Tracer,
} from '@opentelemetry/api';
import type { GrpcCode } from '../../errors.ts';
import type { AttemptNote, CallNotes } from '../call-notes.ts';
import { CallTrace } from './call-trace.ts';
import type { PrescribedIds } from './prescribed-ids.ts';
import { NOT_SAMPLED, RequestTrace } from './request-trace.ts';
import { isFault, type Sampling } from './sampling.ts';
import { contextOf, toEpoch } from './span-context.ts';
import {
  companionsOf,
  type HeaderValues,
  parseTraceparent,
  type TraceParent,
} from './trace-context.ts';

export interface CallTracerOptions {
  readonly tracer: Tracer;
  /** Of the tracer's provider. */
  readonly ids: PrescribedIds;
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

/**
 * Makes spans of calls that have ended. While a call runs there are only ids, and those only where
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
    const { sampling, ids } = this.#options;
    if (request === NOT_SAMPLED) return undefined;
    const given = headers.traceparent;
    // By far the most calls end here.
    const parent = request ?? (given === undefined ? undefined : parseTraceparent(given));
    const sampled = sampling.atStart(path, parent);
    if (!sampled && parent === undefined) return undefined;
    return new CallTrace({
      parent,
      companions: companionsOf(headers),
      sampled,
      newTraceId: () => ids.generateTraceId(),
      newSpanId: () => ids.generateSpanId(),
    });
  }

  /** For an HTTP request of several calls; undefined when it is not sampled. */
  beginRequest(headers: HeaderValues): RequestTrace | undefined {
    const { sampling, tracer, ids } = this.#options;
    const parent = parseTraceparent(headers.traceparent);
    if (!sampling.atStart('', parent)) return undefined;
    return new RequestTrace({ tracer, ids, parent });
  }

  /** The trace id when the call's spans are kept, undefined when not. */
  end(call: TracedCall): string | undefined {
    const { sampling } = this.#options;
    const { code, startedAt, endedAt, notes, stream } = call;
    // A stream is long by nature.
    const durationMs = stream ? undefined : endedAt - startedAt;
    const kept = notes.trace?.sampled === true || sampling.atEnd(code, durationMs, endedAt);
    return kept ? this.#write(call) : undefined;
  }

  #write(call: TracedCall): string {
    const { tracer, ids } = this.#options;
    const { notes, path, code, message } = call;
    const { trace: known } = notes;
    const traceId = known?.traceId ?? ids.generateTraceId();
    const spanId = known?.spanId ?? ids.generateSpanId();
    ids.prescribe(traceId, spanId);
    const server = tracer.startSpan(
      path,
      { kind: SpanKind.SERVER, startTime: toEpoch(call.startedAt), attributes: attributesOf(call) },
      contextOf(known?.parent),
    );
    for (const { name, at } of notes.events ?? []) server.addEvent(name, toEpoch(at));
    // As the conventions say of servers: what a caller did wrong is no error of the server.
    if (isFault(code)) server.setStatus({ code: SpanStatusCode.ERROR, message: message ?? '' });
    const inside = contextOf({ traceId, spanId, sampled: true });
    for (const [index, attempt] of (notes.attempts ?? []).entries()) {
      ids.prescribe(traceId, known?.attemptIds[index] ?? ids.generateSpanId());
      this.#writeAttempt(call, attempt, index, inside);
    }
    server.end(toEpoch(call.endedAt));
    return traceId;
  }

  #writeAttempt(
    { rpcPath }: TracedCall,
    { endpoint, code, startedAt, endedAt }: AttemptNote,
    index: number,
    parent: Context,
  ): void {
    const [, host = endpoint, port] = /^(.*):(\d+)$/.exec(endpoint) ?? [];
    const rpc = rpcPath.slice(1);
    const attributes: Attributes = {
      'rpc.system.name': 'grpc',
      'rpc.method': rpc,
      'rpc.response.status_code': code ?? 'OK',
      'server.address': host,
      ...(port === undefined ? {} : { 'server.port': Number(port) }),
      ...(index === 0 ? {} : { 'weir.attempt': index + 1 }),
      ...(code === undefined ? {} : { 'error.type': code }),
    };
    const { tracer } = this.#options;
    const startTime = toEpoch(startedAt);
    const span = tracer.startSpan(rpc, { kind: SpanKind.CLIENT, startTime, attributes }, parent);
    // For a client every status but OK is an error.
    if (code !== undefined) span.setStatus({ code: SpanStatusCode.ERROR });
    span.end(toEpoch(endedAt));
  }
}

function attributesOf(call: TracedCall): Attributes {
  const { notes, code, stream } = call;
  return {
    'rpc.system.name': 'trpc',
    'rpc.method': call.path,
    'rpc.response.status_code': code ?? 'OK',
    'client.address': call.clientAddress,
    'weir.transport': call.wire,
    'weir.request_id': call.requestId,
    'weir.request.size': notes.requestBytes,
    'weir.response.size': notes.responseBytes,
    ...(stream ? { 'weir.stream.messages': call.messages } : {}),
    ...(notes.cache === undefined ? {} : { 'weir.cache.result': notes.cache }),
    ...(code === undefined ? {} : { 'error.type': code }),
  };
}
