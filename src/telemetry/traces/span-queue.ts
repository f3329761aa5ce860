import type { ReadableSpan, SpanExporter, SpanProcessor } from '@opentelemetry/sdk-trace';

export interface SpanQueueOptions {
  readonly exporter: SpanExporter;
  /** Spans that may wait; above it new ones are dropped. */
  readonly maxQueue: number;
  readonly maxBatch: number;
  readonly intervalMs: number;
}

/** 0 in OpenTelemetry's `ExportResultCode`, which sdk-trace does not export. */
const SUCCESS = 0;

/**
 * Spans on their way to a collector, one export at a time. A collector that is slow or dead costs spans,
 * which are counted, and never memory or the time of a call. The processor of sdk-trace does the same
 * without telling how many it dropped.
 */
export class SpanQueue implements SpanProcessor {
  exported = 0;
  /** Because the queue was full. */
  dropped = 0;
  /** Because the collector did not take them, tries included. */
  refused = 0;
  readonly #options: SpanQueueOptions;
  #waiting: ReadableSpan[] = [];
  #exporting: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: SpanQueueOptions) {
    this.#options = options;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  onStart(): void {}

  onEnd(span: ReadableSpan): void {
    const { maxQueue, maxBatch, intervalMs } = this.#options;
    if (this.#waiting.length >= maxQueue) {
      this.dropped += 1;
      return;
    }
    this.#waiting.push(span);
    if (this.#exporting !== undefined) return;
    if (this.#waiting.length >= maxBatch) this.#export();
    else this.#timer ??= setTimeout(() => this.#export(), intervalMs).unref();
  }

  async forceFlush(): Promise<void> {
    while (this.#waiting.length > 0 || this.#exporting !== undefined) {
      if (this.#exporting === undefined) this.#export();
      await this.#exporting;
    }
  }

  /** Sends what waits if that goes within `graceMs`. */
  async shutdown(graceMs = 1_000): Promise<void> {
    const overdue = Promise.withResolvers<void>();
    const timer = setTimeout(() => overdue.resolve(), graceMs);
    await Promise.race([this.forceFlush(), overdue.promise]);
    clearTimeout(timer);
    clearTimeout(this.#timer);
    this.dropped += this.#waiting.length;
    this.#waiting = [];
  }

  #export(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const batch = this.#waiting.splice(0, this.#options.maxBatch);
    this.#exporting = this.#send(batch).then(() => {
      this.#exporting = undefined;
      if (this.#waiting.length === 0) return;
      if (this.#waiting.length >= this.#options.maxBatch) this.#export();
      else this.#timer ??= setTimeout(() => this.#export(), this.#options.intervalMs).unref();
    });
  }

  #send(batch: ReadableSpan[]): Promise<void> {
    return new Promise((resolve) => {
      this.#options.exporter.export(batch, ({ code }) => {
        if (code === SUCCESS) this.exported += batch.length;
        else this.refused += batch.length;
        resolve();
      });
    });
  }
}
