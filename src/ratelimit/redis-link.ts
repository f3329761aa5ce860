import { randomUUID } from 'node:crypto';
import type { Redis } from '../lib/redis/redis.ts';
import { toIntegers } from './integers.ts';
import { COUNT_INSTANCES, GREET, RAISE } from './scripts.ts';
import type { SeenBuckets } from './seen-buckets.ts';
import { TICKS_PER_MS } from './ticks.ts';

export interface RedisLinkOptions {
  readonly redis: Redis;
  readonly seen: SeenBuckets;
  readonly prefix: string;
  readonly settleMs: number;
  readonly onInstances: (count: number) => void;
  readonly onChange: () => void;
}

/** How often Redis is asked whether it is back. */
const PROBE_MS = 200;
/**
 * Over how long gateways begin to rely on a server that was left alone: one that does so later than others
 * admits its own part in the meantime, while they admit all.
 */
const SETTLE_SPREAD_MS = 50;
/** After this long without an answer the connection itself is taken to be dead. */
const SILENT_MS = 2_000;
/** How often this instance says that it is there, and for how long it is counted without saying so. */
const PRESENCE_MS = 1_000;
const PRESENCE_TICKS = 5 * PRESENCE_MS * TICKS_PER_MS;
/** Buckets given back to a new server at a time. */
const RAISE_BATCH = 200;
/** Buckets remembered as unreachable: of a cluster they stand for the nodes that do not answer, which are few. */
const MAX_UNREACHED = 16;
/** Asked for in a cluster where no bucket is known that could not be reached. */
const ANY_BUCKET = '{any}';
/** What a server that does not tell its run id goes by. */
const UNNAMED = 'unnamed';

/**
 * Whether Redis can be relied on, decided in one place: not from the first failed command until a probe
 * found it answering, and, when it is another server than before, until that knows what the gateways saw.
 * Only the probe waits for Redis in the meantime, so no crowd of calls comes back with it.
 */
export class RedisLink {
  readonly #options: RedisLinkOptions;
  readonly #instance = randomUUID();
  readonly #ready = Promise.withResolvers<void>();
  readonly #presence: NodeJS.Timeout;
  #reason: string | undefined = 'not connected yet';
  #serverId: string | undefined;
  #lostAtMs = performance.now();
  #probe: NodeJS.Timeout | undefined;
  #probing = false;
  #closed = false;
  readonly #unreached = new Set<string>();

  constructor(options: RedisLinkOptions) {
    this.#options = options;
    this.#presence = setInterval(() => this.#countInstances(), PRESENCE_MS);
    this.#presence.unref();
    options.redis.onConnect(() => {
      // Another server may answer on the new connection.
      this.lose('connected, not verified yet');
      this.#probeIn(0);
    });
    options.redis.onDisconnect(() => this.lose('the connection was lost'));
    this.#probeIn(0);
  }

  /** Why Redis cannot be relied on; undefined when it can. */
  get reason(): string | undefined {
    return this.#reason;
  }

  ready(): Promise<void> {
    return this.#ready.promise;
  }

  /** @param buckets what could not be reached; in a cluster the rest may well be there */
  lose(reason: string, buckets: readonly string[] = []): void {
    for (const bucket of buckets) {
      if (this.#unreached.size < MAX_UNREACHED) this.#unreached.add(bucket);
    }
    if (this.#closed || this.#reason !== undefined) return;
    this.#reason = reason;
    this.#lostAtMs = performance.now();
    this.#options.onChange();
    this.#probeIn(PROBE_MS);
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#presence);
    clearTimeout(this.#probe);
  }

  /** The jitter keeps gateways that lost Redis at the same moment from asking at the same moment. */
  #probeIn(delayMs: number, jitter = 0.5): void {
    if (this.#closed) return;
    clearTimeout(this.#probe);
    this.#probe = setTimeout(() => void this.#verify(), delayMs * (1 + Math.random() * jitter));
    this.#probe.unref();
  }

  async #verify(): Promise<void> {
    if (this.#probing || this.#reason === undefined) return;
    this.#probing = true;
    let problem = 'others have yet to give back to this server what they saw';
    const settleMs = await this.#greet().catch((error: unknown) => {
      problem = error instanceof Error ? error.message : String(error);
      return undefined;
    });
    this.#probing = false;
    if (this.#closed) return;
    if (settleMs === 0) {
      this.#reason = undefined;
      this.#unreached.clear();
      this.#ready.resolve();
      this.#options.onChange();
      this.#countInstances();
      return;
    }
    this.#reason = problem;
    if (settleMs === undefined && performance.now() - this.#lostAtMs > SILENT_MS) {
      this.#lostAtMs = performance.now();
      this.#options.redis.reconnect();
    }
    if (settleMs === undefined) this.#probeIn(PROBE_MS);
    else this.#probeIn(settleMs, SETTLE_SPREAD_MS / settleMs);
  }

  /** How long to leave the server alone still, in milliseconds. */
  async #greet(): Promise<number> {
    const { redis, seen, prefix, settleMs } = this.#options;
    if (!redis.connected) throw new Error(redis.problem ?? 'not connected');
    if (redis.clustered) return this.#greetCluster();
    const serverId = (await redis.serverId()) ?? UNNAMED;
    const reply = await redis.run(GREET, [`${prefix}server`], [serverId]);
    const [age = 0, now = 0] = toIntegers(reply, 2);
    seen.synchronise(now);
    const remainingMs = Math.max(0, settleMs - age / TICKS_PER_MS);
    // At once for a server that may have lost it all, and at the end for what was admitted meanwhile.
    if (serverId !== this.#serverId || remainingMs === 0) await this.#giveBack(now);
    this.#serverId = serverId;
    return remainingMs;
  }

  /**
   * While one node is gone the others answer, and calls are counted by nodes in turn: as long as a bucket of
   * that node cannot be reached, the cluster cannot be relied on, or the mode would change with every call.
   */
  async #greetCluster(): Promise<number> {
    const { redis, seen, prefix } = this.#options;
    const lost = this.#unreached.size > 0;
    const asked = lost ? [...this.#unreached] : [ANY_BUCKET];
    const clocks = await Promise.all(
      asked.map((bucket) => redis.run(RAISE, [prefix + bucket], [seen.table.get(bucket)])),
    );
    const [now = 0] = toIntegers(clocks, 1);
    seen.synchronise(now);
    // What took over may lag behind what it replaces.
    if (lost) await this.#giveBack(now);
    return 0;
  }

  async #giveBack(now: number): Promise<void> {
    const { redis, seen, prefix } = this.#options;
    let batch: Promise<unknown>[] = [];
    for (const [bucket, tat] of seen.table.inUse(now)) {
      batch.push(redis.run(RAISE, [prefix + bucket], [tat]));
      if (batch.length < RAISE_BATCH) continue;
      await Promise.all(batch);
      batch = [];
    }
    await Promise.all(batch);
  }

  #countInstances(): void {
    const { redis, prefix, onInstances } = this.#options;
    if (this.#reason !== undefined) return;
    redis.run(COUNT_INSTANCES, [`${prefix}instances`], [this.#instance, PRESENCE_TICKS]).then(
      (count) => onInstances(Number(count)),
      // Whether Redis is there is for those to find out who need it; the last count stands.
      () => {},
    );
  }
}
