import { activeBaggage, type Span, type SpanContext } from './opentelemetry.ts';

/** `traceparent`, `tracestate` and `baggage` as W3C has them, in that order. */
export type TraceHeaders = Readonly<Record<string, string>>;

/** Where the trace link leaves them for the links below. */
const KEY = 'weir.trace';

/** What is traced of one call. */
interface TracedOperation {
  readonly span: Span;
  readonly headers: TraceHeaders;
}

interface WithContext {
  readonly context: Readonly<Record<string, unknown>>;
}

export function withTrace<Operation extends WithContext>(op: Operation, span: Span): Operation {
  const traced: TracedOperation = { span, headers: toHeaders(span.spanContext()) };
  return { ...op, context: { ...op.context, [KEY]: traced } };
}

/**
 * The headers that continue the trace of a call, for links of your own:
 * `httpSubscriptionLink({ …, eventSourceOptions: ({ op }) => ({ headers: traceHeadersOf([op]) }) })`.
 * Empty where the page registered no tracer. A request of several calls continues that of its first; the
 * spans of the others are linked to it.
 */
export function traceHeadersOf(ops: readonly WithContext[]): TraceHeaders {
  const [first, ...others] = ops.map(tracedOf).filter((each) => each !== undefined);
  if (first === undefined) return {};
  for (const { span } of others) span.addLink?.({ context: first.span.spanContext() });
  return first.headers;
}

function tracedOf({ context }: WithContext): TracedOperation | undefined {
  const traced = context[KEY];
  return isTraced(traced) ? traced : undefined;
}

/** Nobody else writes under the key. */
function isTraced(value: unknown): value is TracedOperation {
  return typeof value === 'object' && value !== null && 'headers' in value;
}

function toHeaders({ traceId, spanId, traceFlags, traceState }: SpanContext): TraceHeaders {
  const state = traceState?.serialize();
  const baggage = activeBaggage();
  const flags = (traceFlags & 1).toString(16).padStart(2, '0');
  return {
    traceparent: `00-${traceId}-${spanId}-${flags}`,
    ...(state && { tracestate: state }),
    ...(baggage && { baggage }),
  };
}
