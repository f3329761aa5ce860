import { SpanWriter } from './span-writer.ts';

export interface SpanQueueOptions {
  /** Resolves to how many of the spans the collector did not take, when that is known. Never rejects. */
  readonly send: (batch: SpanBatch) => Promise<number>;
  /** Spans that may wait; above it new ones are dropped. */
  readonly maxQueue: number;
  readonly maxBatch: number;
  readonly intervalMs: number;
}

export interface SpanBatch {
  /** Elements of `ScopeSpans.spans`. */
  readonly bytes: Uint8Array;
  readonly spans: number;
}

/**
 * Spans on their way to a collector, one export at a time. A collector that is slow or dead costs spans,
 * which are counted, and never memory or the time of a call.
 */
export class SpanQueue {
  exported = 0;
  /** Because the queue was full. */
  dropped = 0;
  /** Because the collector did not take them, tries included. */
  refused = 0;
  readonly #options: SpanQueueOptions;
  readonly #writer = new SpanWriter();
  /** In the writer. */
  #written = 0;
  #batches: SpanBatch[] = [];
  #waiting = 0;
  #sending: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: SpanQueueOptions) {
    this.#options = options;
  }

  get waiting(): number {
    return this.#waiting;
  }

  /** So many spans are about to be written: with what, or undefined if there is no room and they are dropped. */
  enter(spans: number): SpanWriter | undefined {
    const { maxQueue, maxBatch } = this.#options;
    if (this.#waiting + spans > maxQueue) {
      this.dropped += spans;
      return undefined;
    }
    // The trees of calls are not torn apart.
    if (this.#written + spans > maxBatch) this.#seal();
    this.#written += spans;
    this.#waiting += spans;
    return this.#writer;
  }

  /** What {@link enter} announced is written. */
  leave(): void {
    if (this.#sending === undefined) this.#sendOrWait();
  }

  async flush(): Promise<void> {
    while (this.#waiting > 0 || this.#sending !== undefined) {
      if (this.#sending === undefined) this.#sendNext();
      await this.#sending;
    }
  }

  /** Sends what waits if that goes within `graceMs`. */
  async close(graceMs = 1_000): Promise<void> {
    const overdue = Promise.withResolvers<void>();
    const timer = setTimeout(() => overdue.resolve(), graceMs);
    await Promise.race([this.flush(), overdue.promise]);
    clearTimeout(timer);
    clearTimeout(this.#timer);
    this.dropped += this.#waiting;
    this.#waiting = 0;
    this.#written = 0;
    this.#batches = [];
  }

  #sendOrWait(): void {
    if (this.#batches.length > 0 || this.#written >= this.#options.maxBatch) this.#sendNext();
    else this.#timer ??= setTimeout(() => this.#sendNext(), this.#options.intervalMs).unref();
  }

  #seal(): void {
    if (this.#written === 0) return;
    this.#batches.push({ bytes: this.#writer.take(), spans: this.#written });
    this.#written = 0;
  }

  #sendNext(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#batches.length === 0) this.#seal();
    const batch = this.#batches.shift();
    if (batch === undefined) return;
    this.#waiting -= batch.spans;
    this.#sending = this.#export(batch);
  }

  async #export(batch: SpanBatch): Promise<void> {
    const rejected = await this.#send(batch);
    this.exported += batch.spans - rejected;
    this.refused += rejected;
    this.#sending = undefined;
    if (this.#waiting > 0) this.#sendOrWait();
  }

  /** Never rejects: nobody waits for an export, and a fault in it must not end the process. */
  async #send(batch: SpanBatch): Promise<number> {
    try {
      return await this.#options.send(batch);
    } catch {
      return batch.spans;
    }
  }
}
