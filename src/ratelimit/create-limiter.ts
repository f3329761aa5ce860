import type { RateLimitConfig, RedisConfig } from '../config/schema.ts';
import type { Redis } from '../lib/redis/redis.ts';
import { LeasedStore } from './leased-store.ts';
import type { LimitStore } from './limit-store.ts';
import { MemoryStore } from './memory-store.ts';
import { RedisStore } from './redis-store.ts';
import { SeenBuckets } from './seen-buckets.ts';
import { SharedStore, type SharedStoreStatus } from './shared-store.ts';

export interface LimiterStatus {
  /** `memory` for a gateway that counts for itself; the rest as {@link SharedStoreStatus}. */
  readonly mode: 'memory' | SharedStoreStatus['mode'];
  readonly reason: string | undefined;
  /** Gateways that count together, as last heard. */
  readonly instances: number;
}

export interface Limiter {
  readonly store: LimitStore;
  readonly status: LimiterStatus;
  /** Resolves when limits are enforced as configured; at most after `timeoutMs`. */
  ready(timeoutMs: number): Promise<void>;
  close(): Promise<void>;
}

export interface LimiterOptions {
  readonly config: RateLimitConfig;
  readonly redis: { readonly client: Redis; readonly config: RedisConfig } | undefined;
  /** Processes between which the store `memory` divides every limit. */
  readonly workers: number;
  /** Called once for each change of mode. */
  readonly onChange: (status: LimiterStatus) => void;
}

/**
 * How long a Redis server that is new to the gateways is left alone (see `SharedStoreOptions`): longer than
 * the longest pause between two attempts to reach it, so that all of them are there before it counts.
 */
const SETTLE_MS = 1_000;

/** @param options.redis must be there unless the store is `memory` */
export function createLimiter({ config, redis, workers, onChange }: LimiterOptions): Limiter {
  if (config.store === 'memory') return createMemoryLimiter(config, workers);
  if (redis === undefined) throw new TypeError(`the store ${config.store} needs Redis`);
  const seen = new SeenBuckets(config.maxBuckets);
  const prefix = `${redis.config.prefix}limit:`;
  const options = { redis: redis.client, seen, prefix };
  const store =
    config.store === 'redis'
      ? new RedisStore(options)
      : new LeasedStore({ ...options, maxShare: config.leaseShare, maxLeases: config.maxBuckets });
  const shared = new SharedStore({
    ...options,
    store,
    whenGone: config.whenRedisGone,
    settleMs: SETTLE_MS,
    onChange,
  });
  return {
    store: shared,
    get status() {
      return shared.status;
    },
    async ready(timeoutMs) {
      const overdue = Promise.withResolvers<void>();
      const timer = setTimeout(() => overdue.resolve(), timeoutMs);
      await Promise.race([shared.ready(), overdue.promise]);
      clearTimeout(timer);
    },
    close: () => shared.close(),
  };
}

function createMemoryLimiter({ maxBuckets }: RateLimitConfig, workers: number): Limiter {
  return {
    store: new MemoryStore({ maxBuckets, workers }),
    status: { mode: 'memory', reason: undefined, instances: workers },
    ready: async () => {},
    close: async () => {},
  };
}
