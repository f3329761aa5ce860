import type { TelemetryConfig } from '../../config/schema.ts';
import type { Log } from '../log.ts';
import { CallTracer } from './call-tracer.ts';
import { CollectorWatch } from './collector-watch.ts';
import { type ExportResult, OtlpExporter } from './otlp-exporter.ts';
import { Sampling } from './sampling.ts';
import { type SpanBatch, SpanQueue } from './span-queue.ts';

/** Spans in one export; the SDKs' usual number. */
const MAX_BATCH = 512;

/** Traces from the call to the collector. */
export interface Tracing {
  readonly calls: CallTracer;
  readonly queue: SpanQueue;
  readonly sampling: Sampling;
  /** Exports by how they ended. */
  readonly exports: Readonly<Record<ExportResult, number>>;
  /** Spans that may wait. */
  readonly maxQueue: number;
  close(): Promise<void>;
}

/** Undefined where the configuration names no collector. */
export function createTracing(
  config: TelemetryConfig['traces'],
  version: string,
  log: Pick<Log, 'warn' | 'info'>,
): Tracing | undefined {
  if (config === undefined) return undefined;
  const { serviceName } = config;
  const exporter = new OtlpExporter({
    url: config.url,
    headers: config.headers,
    timeoutMs: config.timeout,
    origin: { serviceName, version, instanceId: crypto.randomUUID() },
  });
  const exports = { accepted: 0, partial: 0, refused: 0, overdue: 0, unreachable: 0 };
  const watch = new CollectorWatch(config.url, log);
  const queue = new SpanQueue({
    send,
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

  async function send(batch: SpanBatch): Promise<number> {
    const { result, rejected, reason } = await exporter.send(batch);
    exports[result] += 1;
    watch.exportEnded(reason, queue.dropped + queue.refused + rejected);
    return rejected;
  }

  return {
    calls: new CallTracer({ queue, sampling }),
    queue,
    sampling,
    exports,
    maxQueue: config.maxQueue,
    async close() {
      await queue.close();
      exporter.close();
    },
  };
}
