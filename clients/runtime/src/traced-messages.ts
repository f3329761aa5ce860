import type { createWSClient, TRPCLink } from '@trpc/client';
import type { AnyTRPCRouter } from '@trpc/server';
import { type TraceHeaders, traceHeadersOf } from './trace-headers.ts';

/** An input on its way through the WebSocket client, which has no other place for what belongs to one call. */
class TracedInput {
  readonly input: unknown;
  readonly headers: TraceHeaders;

  constructor(input: unknown, headers: TraceHeaders) {
    this.input = input;
    this.headers = headers;
  }
}

/** Stands directly before a `wsLink` whose client has {@link tracedEncoder}. */
export function tracedMessagesLink<Router extends AnyTRPCRouter>(): TRPCLink<Router> {
  return () =>
    ({ op, next }) => {
      const headers = traceHeadersOf([op]);
      if (headers.traceparent === undefined) return next(op);
      return next({ ...op, input: new TracedInput(op.input, headers) });
    };
}

type Encoder = NonNullable<Parameters<typeof createWSClient>[0]['experimental_encoder']>;

/** JSON, with `traceparent`, `tracestate` and `baggage` beside `path` and `input` in calls that are traced. */
export const tracedEncoder: Encoder = {
  encode: (data) => JSON.stringify(Array.isArray(data) ? data.map(unwrap) : unwrap(data)),
  decode(data) {
    if (typeof data !== 'string') throw new TypeError('The gateway sends text frames only.');
    return JSON.parse(data);
  },
};

function unwrap(message: unknown): unknown {
  if (!isRecord(message) || !isRecord(message.params)) return message;
  const { input } = message.params;
  if (!(input instanceof TracedInput)) return message;
  return { ...message, params: { ...message.params, input: input.input, ...input.headers } };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
