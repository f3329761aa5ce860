import { collectDefaultMetrics, Registry } from 'prom-client';
import { callFamilies } from './call-families.ts';
import { clientFamilies } from './client-families.ts';
import { type ExpositionFormat, writePage } from './exposition.ts';
import type { Family } from './family.ts';
import { type FamilyReading, readFamilies } from './family-reading.ts';
import { MethodMeter } from './method-meter.ts';

/**
 * Everything that the gateway counts. What changes with every call is counted by meters, plain numbers
 * that their holder adds to; all else by prom-client, whose counters look their labels up each time.
 */
export class Metrics {
  /** Where prom-client's metrics are declared. */
  readonly registry = new Registry();
  readonly #families: Family[] = [];
  readonly #methods = new Map<string, MethodMeter>();

  constructor() {
    // The process: CPU, memory, heap, garbage collection, event loop, file descriptors.
    collectDefaultMetrics({ register: this.registry });
    this.add(callFamilies(() => this.#methods.values()));
  }

  /** The meter of a procedure; a path keeps its meter when the contract is replaced. */
  method(path: string, unary: boolean): MethodMeter {
    const held = this.#methods.get(path);
    if (held !== undefined) return held;
    const meter = new MethodMeter(path, unary);
    this.#methods.set(path, meter);
    return meter;
  }

  add(families: readonly Family[]): void {
    this.#families.push(...families);
  }

  async page(format: ExpositionFormat): Promise<string> {
    return writePage(await this.#all(), format);
  }

  /** Everything as numbers that another process can join with its own. */
  async read(): Promise<readonly FamilyReading[]> {
    return readFamilies(await this.#all());
  }

  async #all(): Promise<readonly Family[]> {
    return [...this.#families, ...clientFamilies(await this.registry.getMetricsAsJSON())];
  }
}
