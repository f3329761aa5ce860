import { z } from 'zod';
import { conventionFaults } from './semantic-conventions.ts';

// ProtoJSON of the OTLP messages: bytes in base64, 64-bit integers as text.
const id = (bytes: number) =>
  z
    .base64()
    .transform((text) => Buffer.from(text, 'base64'))
    .refine((buffer) => buffer.length === bytes && buffer.some((byte) => byte !== 0), {
      error: `expected ${bytes} bytes that are not all zero`,
    })
    .transform((buffer) => buffer.toString('hex'));
const nanos = z.string().transform((text) => BigInt(text));
const value = z.union([
  z.object({ stringValue: z.string() }).transform((each) => each.stringValue),
  z.object({ intValue: z.string() }).transform((each) => Number(each.intValue)),
  z.object({ doubleValue: z.number() }).transform((each) => each.doubleValue),
  z.object({ boolValue: z.boolean() }).transform((each) => each.boolValue),
]);
const attributes = z
  .array(z.strictObject({ key: z.string().min(1), value }))
  .default([])
  .refine((pairs) => new Set(pairs.map(({ key }) => key)).size === pairs.length, {
    error: 'attribute keys must be unique',
  })
  .transform((pairs) => Object.fromEntries(pairs.map(({ key, value }) => [key, value])));

/** What the specification asks of a span, and what the RPC conventions ask of ours. */
const span = z
  .object({
    traceId: id(16),
    spanId: id(8),
    parentSpanId: id(8).optional(),
    traceState: z.string().optional(),
    name: z.string().min(1),
    kind: z.enum(['SPAN_KIND_SERVER', 'SPAN_KIND_CLIENT']),
    startTimeUnixNano: nanos,
    endTimeUnixNano: nanos,
    attributes,
    events: z
      .array(z.object({ name: z.string().min(1), timeUnixNano: nanos, attributes }))
      .max(32)
      .default([]),
    droppedEventsCount: z.number().default(0),
    flags: z.number().refine((flags) => (flags & 0x100) !== 0, {
      error: 'a span must tell whether its parent is remote',
    }),
    status: z.object({ code: z.string().optional(), message: z.string().optional() }).default({}),
  })
  .refine(({ startTimeUnixNano, endTimeUnixNano }) => startTimeUnixNano <= endTimeUnixNano, {
    error: 'a span must not end before it starts',
  })
  .refine(
    ({ startTimeUnixNano }) =>
      Math.abs(Number(startTimeUnixNano / 1_000_000n) - Date.now()) < 3_600_000,
    { error: 'a span must be of now' },
  )
  .refine(
    ({ events, startTimeUnixNano, endTimeUnixNano }) =>
      events.every(
        ({ timeUnixNano }) => timeUnixNano >= startTimeUnixNano && timeUnixNano <= endTimeUnixNano,
      ),
    { error: 'events must lie within their span' },
  )
  .superRefine((each, context) => {
    for (const message of conventionFaults(each)) context.addIssue({ code: 'custom', message });
  });

export type OtlpSpan = z.output<typeof span>;

const request = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z
        .object({ attributes })
        .refine(({ attributes }) => typeof attributes['service.name'] === 'string', {
          error: 'a resource must name its service',
        }),
      scopeSpans: z.array(
        z.object({ scope: z.object({ name: z.string().min(1) }), spans: z.array(span) }),
      ),
    }),
  ),
});

/** The spans of an `ExportTraceServiceRequest` in ProtoJSON. @throws when the specification is broken. */
export function readSpans(json: unknown): readonly OtlpSpan[] {
  return request
    .parse(json)
    .resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));
}
