import cluster, { type Worker } from 'node:cluster';
import { UserError } from '../lib/user-error.ts';
import { watchHandedConnection } from './handed-connection.ts';
import { Line } from './line.ts';
import type { PrimaryDuties, WorkerDuties } from './protocol.ts';

export interface WorkerExit {
  readonly code: number | null;
  readonly signal: string | null;
}

/** Who is given up sooner is killed; an answer after this is not taken for one. */
const LATE_BEAT_MS = 600_000;

/** What the primary answers to every worker alike; how a worker fares it learns here. */
export type CommonDuties = Omit<PrimaryDuties, 'serving' | 'failed'>;

/** A worker as the primary sees it, from its start to its end. */
export class WorkerProcess {
  readonly number: number;
  readonly line: Line<WorkerDuties, PrimaryDuties>;
  /** Where it listens. Rejects when it fails or ends before that. */
  readonly serving: Promise<string>;
  readonly exited: Promise<WorkerExit>;
  readonly #process: Worker['process'] | undefined;

  constructor(number: number, duties: (worker: WorkerProcess) => CommonDuties) {
    this.number = number;
    const serving = Promise.withResolvers<string>();
    this.serving = serving.promise;
    const exited = Promise.withResolvers<WorkerExit>();
    this.exited = exited.promise;
    const notStarted = (error: unknown) => {
      serving.reject(error);
      exited.resolve({ code: null, signal: null });
    };
    const worker = fork(notStarted);
    this.#process = worker?.process;
    // With a callback, a worker that is going away is no error here: its end is told by `exit`.
    this.line = new Line((message) => worker?.send(message, undefined, () => {}), {
      ...duties(this),
      serving: serving.resolve,
      failed: ({ message, mendable }) =>
        serving.reject(mendable ? new UserError(message) : new Error(message)),
    });
    // Whoever does not wait for it is told by `exited`.
    this.serving.catch(() => {});
    if (worker === undefined) return;
    worker.on('message', (message: unknown) => this.line.receive(message));
    // Without a listener it would end this process. A worker that was never there has no other end; of all
    // others `exit` tells, such as of one that died while cluster wrote to it.
    worker.on('error', (error) => {
      if (worker.process.pid === undefined) notStarted(error);
    });
    const closeHanded = watchHandedConnection(worker.process);
    worker.on('exit', (code: number | null, signal: string | null) => {
      this.line.close();
      // Whoever went in order refused what it did not take, and it was handed to another.
      if (code !== 0) closeHanded();
      const how = signal === null ? `with ${code}` : `by ${signal}`;
      serving.reject(new Error(`Worker ${number} ended ${how} before it served.`));
      exited.resolve({ code, signal });
    });
  }

  get pid(): number {
    return this.#process?.pid ?? 0;
  }

  /** Resolves when its event loop has turned. */
  beat(): Promise<void> {
    return this.line.ask('beat', undefined, LATE_BEAT_MS);
  }

  signal(name: NodeJS.Signals): void {
    this.#process?.kill(name);
  }
}

/** Some of what keeps a process from being started is thrown (no memory), some told later (no more processes). */
function fork(notStarted: (error: unknown) => void): Worker | undefined {
  try {
    return cluster.fork();
  } catch (error) {
    notStarted(error);
    return undefined;
  }
}
