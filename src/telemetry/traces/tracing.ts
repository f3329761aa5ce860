import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { AlwaysOnSampler, TracerProvider } from '@opentelemetry/sdk-trace';
import type { TelemetryConfig } from '../../config/schema.ts';
import { CallTracer } from './call-tracer.ts';
import { PrescribedIds } from './prescribed-ids.ts';
import { Sampling } from './sampling.ts';
import { SpanQueue } from './span-queue.ts';

/** Traces from the call to the collector. */
export interface Tracing {
  readonly calls: CallTracer;
  readonly queue: SpanQueue;
  readonly sampling: Sampling;
  close(): Promise<void>;
}

/** Undefined where the configuration names no collector. */
export function createTracing(
  config: TelemetryConfig['traces'],
  version: string,
): Tracing | undefined {
  if (config === undefined) return undefined;
  const exporter = new OTLPTraceExporter({
    url: config.url,
    headers: { ...config.headers },
    timeoutMillis: config.timeout,
    concurrencyLimit: 1,
  });
  const queue = new SpanQueue({
    exporter,
    maxQueue: config.maxQueue,
    maxBatch: Math.min(512, config.maxQueue),
    intervalMs: config.interval,
  });
  const ids = new PrescribedIds();
  const provider = new TracerProvider({
    // What is kept was decided before a span is made.
    sampler: new AlwaysOnSampler(),
    idGenerator: ids,
    spanProcessors: [queue],
    resource: resourceFromAttributes({
      'service.name': config.serviceName,
      'service.version': version,
    }),
  });
  const sampling = new Sampling({
    ratio: config.ratio,
    methods: config.methods,
    slowMs: config.slow,
    maxKeptPerSecond: config.maxKeptPerSecond,
  });
  const calls = new CallTracer({ tracer: provider.getTracer('weir', version), ids, sampling });
  return {
    calls,
    queue,
    sampling,
    async close() {
      await queue.shutdown();
      await exporter.shutdown();
    },
  };
}
