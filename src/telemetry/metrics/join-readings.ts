import type { Family, Join, LatencySample } from './family.ts';
import { type FamilyReading, fromSampleKey } from './family-reading.ts';
import { LATENCY_NUMBERS, LatencyHistogram } from './latency-histogram.ts';
import type { Sample } from './sample.ts';

/** What one process counted. */
export interface ProcessReading {
  /** The value of the label `worker`, where processes are told apart. */
  readonly worker: string;
  readonly families: readonly FamilyReading[];
  /**
   * Whether it is an old reading, of a process that is gone or did not answer. Then what it added up
   * still counts, for a sum that goes down looks like a restart to Prometheus; how it was does not.
   */
  readonly past: boolean;
}

/** The families of several processes as if one had counted everything. */
export function joinReadings(readings: Iterable<ProcessReading>): readonly Family[] {
  const joined = new Map<string, JoinedFamily>();
  for (const { worker, families, past } of readings) {
    for (const family of families) {
      if (past && !addsUp(family)) continue;
      let into = joined.get(family.name);
      if (into === undefined) {
        into = new JoinedFamily(family);
        joined.set(family.name, into);
      }
      into.add(family, worker);
    }
  }
  return [...joined.values()];
}

function addsUp({ type, join = 'sum' }: FamilyReading): boolean {
  return type !== 'gauge' && join === 'sum';
}

const JOINS: Readonly<Record<Exclude<Join, 'each'>, (a: number, b: number) => number>> = {
  sum: (a, b) => a + b,
  min: Math.min,
  max: Math.max,
};

class JoinedFamily implements Family {
  readonly name: string;
  readonly help: string;
  readonly type: Family['type'];
  readonly unit: Family['unit'];
  readonly join: Join;
  readonly #values = new Map<string, number>();
  readonly #histograms = new Map<string, LatencyHistogram>();

  constructor({ name, help, type, unit, join = 'sum' }: FamilyReading) {
    this.name = name;
    this.help = help;
    this.type = type;
    this.unit = unit;
    this.join = join;
  }

  add(reading: FamilyReading, worker: string): void {
    const { keys, values, histogramLabels, histogramNumbers, exemplars } = reading;
    const { join } = this;
    for (let at = 0; at < keys.length; at++) {
      const key = keys[at] ?? '';
      const value = values[at] ?? 0;
      if (join === 'each') {
        this.#values.set(`${key}${key.endsWith('{') ? '' : ','}worker="${worker}"`, value);
      } else {
        const held = this.#values.get(key);
        this.#values.set(key, held === undefined ? value : JOINS[join](held, value));
      }
    }
    for (const [place, labels] of histogramLabels.entries()) {
      let histogram = this.#histograms.get(labels);
      if (histogram === undefined) {
        histogram = new LatencyHistogram();
        this.#histograms.set(labels, histogram);
      }
      const from = place * LATENCY_NUMBERS;
      const numbers = histogramNumbers.subarray(from, from + LATENCY_NUMBERS);
      histogram.add(numbers, exemplars.get(place) ?? []);
    }
  }

  *samples(): Iterable<Sample | LatencySample> {
    for (const [key, value] of this.#values) yield fromSampleKey(key, value);
    for (const [labels, histogram] of this.#histograms) yield { labels, histogram };
  }
}
