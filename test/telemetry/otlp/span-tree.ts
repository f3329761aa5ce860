import type { OtlpSpan } from './span.ts';

/** A span with what is below it, to be compared as a whole. */
export interface SpanNode {
  readonly name: string;
  readonly kind: string;
  readonly code: unknown;
  readonly events?: readonly string[];
  readonly below?: readonly SpanNode[];
}

/** The spans of one trace as trees, in the order they started. Every parent that is not there is a root's. */
export function toTrees(spans: readonly OtlpSpan[]): readonly SpanNode[] {
  const ids = new Set(spans.map(({ spanId }) => spanId));
  return nodesOf(spans.filter(({ parentSpanId }) => !ids.has(parentSpanId ?? '')));

  function nodesOf(some: readonly OtlpSpan[]): readonly SpanNode[] {
    return [...some]
      .sort((a, b) => Number(a.startTimeUnixNano - b.startTimeUnixNano))
      .map((span) => {
        const below = nodesOf(spans.filter(({ parentSpanId }) => parentSpanId === span.spanId));
        const events = span.events.map(({ name }) => name);
        return {
          name: span.name,
          kind: span.kind.replace('SPAN_KIND_', ''),
          code: span.attributes['rpc.status_code'] ?? span.attributes['http.response.status_code'],
          ...(events.length === 0 ? {} : { events }),
          ...(below.length === 0 ? {} : { below }),
        };
      });
  }
}
