import type { TRPCLink } from '@trpc/client';
import type { AnyTRPCRouter } from '@trpc/server';
import { observable } from '@trpc/server/observable';
import { isWeirError } from './is-weir-error.ts';
import { registeredTracer } from './opentelemetry.ts';
import { withTrace } from './trace-headers.ts';

/** Of the API's `SpanKind` and `SpanStatusCode`. */
const CLIENT = 2;
const ERROR = 2;

/**
 * A span for each call from its start to its end, whatever is tried again in between, where the page
 * registered a tracer with the OpenTelemetry API. The gateway's spans hang below it.
 */
export function traceLink<Router extends AnyTRPCRouter>(): TRPCLink<Router> {
  return () =>
    ({ op, next }) => {
      const tracer = registeredTracer();
      if (tracer === undefined) return next(op);
      return observable((observer) => {
        const attributes = { 'rpc.system.name': 'trpc', 'rpc.method': op.path };
        const span = tracer.startSpan(op.path, { kind: CLIENT, attributes });
        const subscription = next(withTrace(op, span)).subscribe({
          next: (envelope) => observer.next(envelope),
          error(error) {
            const code = isWeirError(error) ? error.data.grpc.code : 'UNKNOWN';
            span.setAttribute('rpc.status_code', code);
            span.setAttribute('error.type', code);
            span.setStatus({ code: ERROR });
            observer.error(error);
          },
          complete() {
            span.setAttribute('rpc.status_code', 'OK');
            observer.complete();
          },
        });
        return () => {
          subscription.unsubscribe();
          // Also of a call that was left, which has no status.
          span.end();
        };
      });
    };
}
