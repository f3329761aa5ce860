import cluster from 'node:cluster';
import { createMemoryStores } from '../auth/auth-stores.ts';
import type { LogLevelSettings } from '../config/log-section.ts';
import type { Config } from '../config/schema.ts';
import { WeirError } from '../errors.ts';
import { createPeerOf } from '../inbound/client-address.ts';
import {
  createMetricsFront,
  type MetricsListener,
  openMetricsListener,
} from '../inbound/metrics/metrics-front.ts';
import { createWatchRequests, type WatchRequest } from '../inbound/watch-requests.ts';
import { Metrics } from '../telemetry/metrics/metrics.ts';
import { RequestCounts, requestFamilies } from '../telemetry/metrics/request-counts.ts';
import type { ModuleLogs } from '../telemetry/module-logs.ts';
import { AccessChanges } from './access-changes.ts';
import { Fleet } from './fleet.ts';
import { fleetFamilies } from './fleet-families.ts';
import { JoinedMetrics } from './joined-metrics.ts';
import type { PrimaryDuties } from './protocol.ts';
import { hostSharedMemory } from './shared-memory.ts';
import { WorkerProcess } from './worker-process.ts';

export interface PrimaryOptions {
  readonly config: Config;
  readonly logs: ModuleLogs;
  /** The command line of a worker, after the script. */
  readonly workerArgs: readonly string[];
}

export interface Primary {
  /** Gives the address once every worker serves. @throws what keeps the first one from it. */
  start(): Promise<{ readonly url: string }>;
  /** Resolves when all workers die as often as they are started. */
  readonly hopeless: Promise<void>;
  setLogLevels(levels: LogLevelSettings): Promise<void>;
  /** Has every worker finish its calls. False when one of them could not. */
  close(): Promise<boolean>;
}

/** How long a worker may take to hear of a change before the others are told that it holds. */
const TELL_WITHIN_MS = 1_000;

/** The process that starts the workers, hands connections to them, and holds what is theirs in common. */
export function createPrimary({ config, logs, workerArgs }: PrimaryOptions): Primary {
  const { root: log } = logs;
  const { server, telemetry } = config;
  cluster.schedulingPolicy = cluster.SCHED_RR;
  cluster.setupPrimary({
    ...(process.argv[1] === undefined ? {} : { exec: process.argv[1] }),
    args: [...workerArgs],
    serialization: 'advanced',
  });
  const changes = new AccessChanges();
  const memory = hostSharedMemory(createMemoryStores());
  const own = new Metrics();
  const metrics = new JoinedMetrics(() => fleet.workers, own);
  const fleet = new Fleet<WorkerProcess>({
    count: server.workers,
    silenceMs: server.workerSilence,
    log,
    start: (number) => new WorkerProcess(number, dutiesTowards),
    ended: (worker) => metrics.ended(worker),
    changed: () => void tellAll((worker) => worker.line.ask('workersServing', fleet.serving)),
  });
  own.add(fleetFamilies(fleet, server.workers));
  let listener: MetricsListener | undefined;

  function dutiesTowards(asking: WorkerProcess): Omit<PrimaryDuties, 'serving' | 'failed'> {
    return {
      ...memory,
      begin: () => ({ number: asking.number, config, levels: logs.settings }),
      metricsPage: (format) => metrics.page(format),
      async changeLevels(change) {
        logs.changeLevels(change);
        await tellLevels();
      },
      async announce(change) {
        changes.add(change);
        await tellAll((worker) =>
          worker === asking ? undefined : worker.line.ask('accessChanged', change, TELL_WITHIN_MS),
        );
      },
      accessChanges: () => changes.inForce,
      async relay({ worker: number, name, question }) {
        const worker = fleet.worker(number);
        if (worker !== undefined) return worker.line.ask(name, question, RELAY_WITHIN_MS);
        throw new WeirError('UNAVAILABLE', `Worker ${number} is being started again.`);
      },
    };
  }

  /** Who does not hear it now hears it when it listens again, or when it begins. */
  async function tellAll(tell: (worker: WorkerProcess) => Promise<unknown> | undefined) {
    await Promise.allSettled(fleet.workers.map(tell));
  }

  function tellLevels(): Promise<void> {
    const levels = logs.settings;
    return tellAll((worker) => worker.line.ask('setLevels', levels, TELL_WITHIN_MS));
  }

  function watchRequests(): WatchRequest {
    const counts = new RequestCounts();
    own.add(requestFamilies(counts));
    const peerOf = createPeerOf(server.trustedProxies);
    const readTimeoutMs = config.limits.readTimeout;
    return createWatchRequests({ counts, log: logs.of('inbound'), peerOf, readTimeoutMs });
  }

  return {
    hopeless: fleet.hopeless,
    async start() {
      const url = await fleet.start();
      const { enabled, listen, path } = telemetry.metrics;
      if (enabled && listen !== undefined) {
        const answer = createMetricsFront(metrics, log);
        listener = await openMetricsListener(listen, path, answer, watchRequests());
        log.info({ url: `${listener.url}${path}` }, 'metrics');
      }
      return { url };
    },
    async setLogLevels(levels) {
      logs.setLevels(levels);
      await tellLevels();
    },
    async close() {
      const clean = await fleet.drain(server.shutdownGrace);
      changes.close();
      await listener?.close();
      return clean;
    },
  };
}

/** A profile takes a minute at most; the worker that asks gives up a little later. */
const RELAY_WITHIN_MS = 110_000;
