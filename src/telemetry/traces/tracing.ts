import type { TelemetryConfig } from '../../config/schema.ts';
import { CallTracer } from './call-tracer.ts';
import { OtlpExporter } from './otlp-exporter.ts';
import { Sampling } from './sampling.ts';
import { SpanQueue } from './span-queue.ts';

/** Spans in one export; the SDKs' usual number. */
const MAX_BATCH = 512;

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
  const { serviceName } = config;
  const exporter = new OtlpExporter({
    url: config.url,
    headers: config.headers,
    timeoutMs: config.timeout,
    origin: { serviceName, version, instanceId: crypto.randomUUID() },
  });
  const queue = new SpanQueue({
    send: (batch) => exporter.send(batch),
    maxQueue: config.maxQueue,
    maxBatch: Math.min(MAX_BATCH, config.maxQueue),
    intervalMs: config.interval,
  });
  const sampling = new Sampling({
    ratio: config.ratio,
    methods: config.methods,
    slowMs: config.slow,
    maxKeptPerSecond: config.maxKeptPerSecond,
  });
  return {
    calls: new CallTracer({ queue, sampling }),
    queue,
    sampling,
    async close() {
      await queue.close();
      exporter.close();
    },
  };
}
