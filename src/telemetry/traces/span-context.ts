import { type Context, ROOT_CONTEXT, TraceFlags, trace } from '@opentelemetry/api';
import type { TraceParent } from './trace-context.ts';

/** Milliseconds of the Unix epoch, of a moment on the `performance.now()` clock. */
export function toEpoch(moment: number): number {
  return performance.timeOrigin + moment;
}

export function contextOf(parent: TraceParent | undefined): Context {
  if (parent === undefined) return ROOT_CONTEXT;
  const { traceId, spanId, sampled } = parent;
  const traceFlags = sampled ? TraceFlags.SAMPLED : TraceFlags.NONE;
  return trace.setSpan(
    ROOT_CONTEXT,
    trace.wrapSpanContext({ traceId, spanId, traceFlags, isRemote: true }),
  );
}
