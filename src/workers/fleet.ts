import type { Log } from '../telemetry/log.ts';
import { RestartDelay } from './restart-delay.ts';
import { watchHeartbeat } from './watch-heartbeat.ts';
import type { WorkerExit, WorkerProcess } from './worker-process.ts';

/** After so many deaths of every worker in a row, some 20 s, whoever runs the gateway has to look at it. */
const HOPELESS_DEATHS = 8;

/** Beyond the grace that workers have for their calls. */
const DRAIN_MARGIN_MS = 5_000;

/** What a fleet needs of a {@link WorkerProcess}. */
export type FleetWorker = Pick<
  WorkerProcess,
  'number' | 'pid' | 'serving' | 'exited' | 'signal' | 'beat'
>;

export interface FleetOptions<Worker extends FleetWorker> {
  readonly count: number;
  /** A worker that serves and says nothing for so long is killed; 0 for never. */
  readonly silenceMs: number;
  readonly start: (number: number) => Worker;
  readonly ended: (worker: Worker) => void;
  /** Called when a worker begins or ceases to serve. */
  readonly changed: () => void;
  readonly log: Pick<Log, 'info' | 'error'>;
}

/** All workers: keeps their number up until it is told to drain. */
export class Fleet<Worker extends FleetWorker> {
  readonly #options: FleetOptions<Worker>;
  readonly #workers = new Map<number, Worker>();
  readonly #serving = new Map<Worker, number>();
  readonly #delays: readonly RestartDelay[];
  readonly #hopeless = Promise.withResolvers<void>();
  readonly #restarts = new Set<NodeJS.Timeout>();
  #stopping = false;
  #clean = true;
  #restarted = 0;
  #killed = 0;

  constructor(options: FleetOptions<Worker>) {
    this.#options = options;
    this.#delays = Array.from({ length: options.count }, () => new RestartDelay());
  }

  /** Those that run, whether they serve yet or not. */
  get workers(): readonly Worker[] {
    return [...this.#workers.values()];
  }

  get serving(): number {
    return this.#serving.size;
  }

  get restarted(): number {
    return this.#restarted;
  }

  /** How many were killed because they said nothing. */
  get killed(): number {
    return this.#killed;
  }

  worker(number: number): Worker | undefined {
    return this.#workers.get(number);
  }

  /** Resolves when workers die as often as they are started. */
  get hopeless(): Promise<void> {
    return this.#hopeless.promise;
  }

  /**
   * Starts every worker and gives the address once all serve.
   * @throws what the first one that cannot serve says; none is left then.
   */
  async start(): Promise<string> {
    const started = this.#delays.map((_, index) => this.#run(index + 1).serving);
    try {
      const [url = ''] = await Promise.all(started);
      return url;
    } catch (error) {
      this.#stop('SIGKILL');
      await this.#allExited();
      throw error;
    }
  }

  /** Has all workers finish their calls. False when one was killed because it did not, or ended badly. */
  async drain(graceMs: number): Promise<boolean> {
    this.#stop('SIGTERM');
    const overdue = setTimeout(() => {
      for (const worker of this.workers) {
        this.#options.log.error({ worker: worker.number }, 'a worker does not end; it is killed');
        worker.signal('SIGKILL');
      }
    }, graceMs + DRAIN_MARGIN_MS);
    await this.#allExited();
    clearTimeout(overdue);
    return this.#clean;
  }

  #stop(signal: NodeJS.Signals): void {
    this.#stopping = true;
    for (const timer of this.#restarts) clearTimeout(timer);
    for (const worker of this.workers) worker.signal(signal);
  }

  #run(number: number): Worker {
    const worker = this.#options.start(number);
    this.#workers.set(number, worker);
    worker.serving.then(
      () => {
        this.#serving.set(worker, performance.now());
        this.#options.log.info({ worker: number, pid: worker.pid }, 'a worker serves');
        this.#options.changed();
        this.#watch(worker);
      },
      () => {},
    );
    worker.exited.then((exit) => this.#exited(worker, exit));
    return worker;
  }

  /** One whose event loop hangs would keep its connections for ever, and no caller would hear of it. */
  #watch(worker: Worker): void {
    const { silenceMs, log } = this.#options;
    if (silenceMs === 0) return;
    const stop = watchHeartbeat({
      silenceMs,
      beat: () => worker.beat(),
      onSilent: () => {
        this.#killed += 1;
        const { number, pid } = worker;
        log.error({ worker: number, pid, silenceMs }, 'a worker says nothing; it is killed');
        worker.signal('SIGKILL');
      },
    });
    worker.exited.then(stop);
  }

  #exited(worker: Worker, exit: WorkerExit): void {
    const { number } = worker;
    const { log, ended, changed } = this.#options;
    const since = this.#serving.get(worker);
    this.#workers.delete(number);
    this.#serving.delete(worker);
    ended(worker);
    if (this.#stopping) {
      // One that had not begun to listen for SIGTERM had nothing to finish.
      if (exit.code !== 0 && since !== undefined) this.#clean = false;
      return;
    }
    changed();
    const delayMs = this.#delays[number - 1]?.died(since ? performance.now() - since : 0) ?? 0;
    log.error({ worker: number, ...exit, restartInMs: delayMs }, 'a worker ended');
    worker.serving.catch((error: unknown) => {
      log.error({ worker: number, err: error }, 'a worker could not be started');
    });
    if (this.#isHopeless()) {
      this.#hopeless.resolve();
      return;
    }
    const timer = setTimeout(() => {
      this.#restarts.delete(timer);
      this.#restarted += 1;
      this.#run(number);
    }, delayMs);
    this.#restarts.add(timer);
  }

  #isHopeless(): boolean {
    return this.#delays.every((delay, index) => {
      const worker = this.#workers.get(index + 1);
      const since = worker && this.#serving.get(worker);
      return delay.deathsInARow(since ? performance.now() - since : 0) >= HOPELESS_DEATHS;
    });
  }

  async #allExited(): Promise<void> {
    await Promise.all(this.workers.map(({ exited }) => exited));
  }
}
