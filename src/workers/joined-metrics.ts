import { type ExpositionFormat, writePage } from '../telemetry/metrics/exposition.ts';
import { type FamilyReading, readFamilies } from '../telemetry/metrics/family-reading.ts';
import { joinReadings } from '../telemetry/metrics/join-readings.ts';
import type { Metrics } from '../telemetry/metrics/metrics.ts';
import type { WorkerProcess } from './worker-process.ts';

/** A worker that is well answers in tens of milliseconds; Prometheus gives up after ten seconds. */
const READ_WITHIN_MS = 1_000;

/** One page of all processes. Whatever a worker added up stays on it when the worker is gone. */
export class JoinedMetrics {
  readonly #workers: () => readonly WorkerProcess[];
  readonly #own: Metrics;
  readonly #last = new Map<WorkerProcess, readonly FamilyReading[]>();
  #ended: readonly FamilyReading[] = [];
  #missed = 0;

  /** @param own what the primary itself counts */
  constructor(workers: () => readonly WorkerProcess[], own: Metrics) {
    this.#workers = workers;
    this.#own = own;
    own.add([
      {
        name: 'weir_worker_readings_missed',
        help: 'Times that a worker did not say in time what it counted; its last sums stood in.',
        type: 'counter',
        samples: () => [{ suffix: '', labels: '', value: this.#missed }],
      },
    ]);
  }

  async page(format: ExpositionFormat): Promise<string> {
    const fresh = new Set<WorkerProcess>();
    await Promise.all(
      this.#workers().map(async (worker) => {
        try {
          const families = await worker.line.ask('read', undefined, READ_WITHIN_MS);
          if (!this.#workers().includes(worker)) return;
          this.#last.set(worker, families);
          fresh.add(worker);
        } catch {
          this.#missed += 1;
        }
      }),
    );
    const own = await this.#own.read();
    const readings = [...this.#last].map(([worker, families]) => ({
      worker: `${worker.number}`,
      families,
      past: !fresh.has(worker),
    }));
    return writePage(
      joinReadings([
        ...readings,
        { worker: '', families: this.#ended, past: true },
        { worker: 'primary', families: own, past: false },
      ]),
      format,
    );
  }

  /** Keeps the sums of a worker that is gone. */
  ended(worker: WorkerProcess): void {
    const families = this.#last.get(worker);
    if (families === undefined) return;
    this.#last.delete(worker);
    const past = { worker: '', past: true };
    const joined = joinReadings([
      { ...past, families: this.#ended },
      { ...past, families },
    ]);
    this.#ended = readFamilies(joined);
  }
}
