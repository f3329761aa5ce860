import { RandomIdGenerator } from '@opentelemetry/sdk-trace';

/**
 * Spans are made when their call has ended, and by then a backend may know their ids. What is prescribed
 * is taken by the next span; all else is random.
 */
export class PrescribedIds {
  readonly #random = new RandomIdGenerator();
  #traceId: string | undefined;
  #spanId: string | undefined;

  prescribe(traceId: string, spanId: string): void {
    this.#traceId = traceId;
    this.#spanId = spanId;
  }

  generateTraceId(): string {
    const id = this.#traceId ?? this.#random.generateTraceId();
    this.#traceId = undefined;
    return id;
  }

  generateSpanId(): string {
    const id = this.#spanId ?? this.#random.generateSpanId();
    this.#spanId = undefined;
    return id;
  }
}
