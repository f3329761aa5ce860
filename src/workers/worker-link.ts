import cluster from 'node:cluster';
import type { RelayDuties } from '../admin/admin-relay.ts';
import type { AccessChange } from '../auth/revocation/access-change.ts';
import type { AccessChangeFeed } from '../auth/revocation/access-change-feed.ts';
import { WeirError } from '../errors.ts';
import { UserError } from '../lib/user-error.ts';
import type { ModuleLogs } from '../telemetry/module-logs.ts';
import { Line } from './line.ts';
import type { Assignment, PrimaryDuties, WorkerDuties } from './protocol.ts';
import { useSharedMemory } from './shared-memory.ts';
import type { SiblingDuties, Siblings } from './siblings.ts';

/** Longer than the primary waits for a worker that does not answer. */
const PAGE_WITHIN_MS = 5_000;
/** A profile takes a minute at most, and a large heap some seconds more to be walked. */
const RELAY_WITHIN_MS = 120_000;

/** A worker's end of its line to the primary. */
export class WorkerLink {
  readonly #line: Line<PrimaryDuties, WorkerDuties>;
  #logs: ModuleLogs | undefined;
  #duties: SiblingDuties | undefined;
  #onAccessChange: (change: AccessChange) => void = () => {};
  #serving = 0;

  constructor() {
    const duties = () => this.#given();
    this.#line = new Line(sendToPrimary, {
      read: () => duties().read(),
      relayed: (request) => duties().relayed(request),
      relayedPiece: (id) => duties().relayedPiece(id),
      relayedEnd: (id) => duties().relayedEnd(id),
      beat() {},
      setLevels: (levels) => this.#logs?.setLevels(levels),
      accessChanged: (change) => this.#onAccessChange(change),
      workersServing: (count) => {
        this.#serving = count;
      },
    });
    process.on('message', (message: unknown) => this.#line.receive(message));
    process.on('disconnect', () => this.#line.close());
  }

  begin(): Promise<Assignment> {
    return this.#line.ask('begin', undefined);
  }

  async tellServing(url: string): Promise<void> {
    await this.#line.ask('serving', url);
  }

  async tellFailed(error: unknown): Promise<void> {
    const mendable = error instanceof UserError;
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    const message = mendable ? error.message : stack;
    await this.#line.ask('failed', { message, mendable });
  }

  /** Says goodbye, so that the process can end. */
  leave(): void {
    cluster.worker?.disconnect();
  }

  /** The other processes as the gateway of this one knows them. */
  siblings({ number, config }: Assignment, logs: ModuleLogs): Siblings {
    this.#logs = logs;
    const line = this.#line;
    const serving = () => this.#serving;
    return {
      number,
      count: config.server.workers,
      get serving() {
        return serving();
      },
      stores: {
        ...useSharedMemory((name, given) => line.ask(name, given)),
        feed: this.#feed(logs),
        close: async () => {},
      },
      page: (format) => line.ask('metricsPage', format, PAGE_WITHIN_MS),
      changeLogLevels: (change) => line.ask('changeLevels', change),
      async relay<Name extends keyof RelayDuties>(
        worker: number,
        name: Name,
        question: Parameters<RelayDuties[Name]>[0],
      ): Promise<Awaited<ReturnType<RelayDuties[Name]>>> {
        const answer = await line.ask('relay', { worker, name, question }, RELAY_WITHIN_MS);
        // The primary hands on what the worker answered to this duty.
        return answer as Awaited<ReturnType<RelayDuties[Name]>>;
      },
      answer: (duties) => {
        this.#duties = duties;
      },
    };
  }

  #feed(logs: ModuleLogs): AccessChangeFeed {
    const line = this.#line;
    return {
      async publish(change) {
        await line.ask('announce', change).catch((error: unknown) => {
          logs.of('auth').error({ err: error }, 'the other workers do not hear of a change');
        });
      },
      subscribe: async (listener) => {
        this.#onAccessChange = listener;
        for (const change of await line.ask('accessChanges', undefined)) listener(change);
      },
      close: async () => {},
    };
  }

  #given(): SiblingDuties {
    if (this.#duties !== undefined) return this.#duties;
    throw new WeirError('UNAVAILABLE', 'That worker of the gateway does not serve yet.');
  }
}

function sendToPrimary(message: object): void {
  // With a callback, a primary that is gone is no error here: cluster ends this process then.
  process.send?.(message, undefined, undefined, () => {});
}
