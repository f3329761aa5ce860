import type { AuthConfig, RedisConfig } from '../config/schema.ts';
import { connectRedis } from '../lib/redis/connect-redis.ts';
import { meterRedis } from '../telemetry/metrics/meter-redis.ts';
import { RedisMeter } from '../telemetry/metrics/redis-meter.ts';
import {
  createMemoryTicketStore,
  createRedisTicketStore,
  type TicketStore,
} from './credentials/ticket-store.ts';
import {
  type AttemptCounter,
  createMemoryAttemptCounter,
  createRedisAttemptCounter,
} from './issuer/login-attempts.ts';
import { createMemorySessions } from './issuer/memory-sessions.ts';
import { createRedisSessions } from './issuer/redis-sessions.ts';
import type { SessionStore } from './issuer/session.ts';
import {
  createMemorySigningKeys,
  createRedisSigningKeys,
  openSqliteSigningKeys,
  type SigningKeyStore,
} from './issuer/signing-key-store.ts';
import { openSqliteSessions } from './issuer/sqlite-sessions.ts';
import { type AccessChangeFeed, createLocalFeed } from './revocation/access-change-feed.ts';
import { createRedisFeed } from './revocation/redis-feed.ts';

/** Everything that outlives a call, in one kind of storage. */
export interface AuthStores {
  readonly sessions: SessionStore;
  readonly keys: SigningKeyStore;
  readonly attempts: AttemptCounter;
  /** Counts failures of all gateways; undefined where each of them stands alone. */
  readonly failures: AttemptCounter | undefined;
  readonly tickets: TicketStore;
  readonly feed: AccessChangeFeed;
  /** Undefined where nothing is in Redis. */
  readonly redis?: RedisMeter | undefined;
  close(): Promise<void>;
}

type StoreConfig = NonNullable<AuthConfig['builtIn']>['store'];

/** A connection of its own: who signs in waits longer than a call waits for its rate limit. */
const REDIS_TIMEOUT_MS = 1_000;

/**
 * @param redis is there where the store asks for it; failures are counted in it whatever the store is.
 * @param memory what is nowhere else, of this process or of several together.
 */
export function openAuthStores(
  store: StoreConfig,
  redis: RedisConfig | undefined,
  onError: (error: unknown) => void,
  memory: AuthStores = createMemoryStores(),
): AuthStores {
  if (store === 'redis' && redis !== undefined) return connectStores(redis, onError);
  const own = typeof store === 'object' ? openSqliteStores(store.sqlite, memory) : memory;
  return redis === undefined ? own : shareFailures(own, redis);
}

export function createMemoryStores(): AuthStores {
  return {
    sessions: createMemorySessions(),
    keys: createMemorySigningKeys(),
    attempts: createMemoryAttemptCounter(),
    failures: undefined,
    tickets: createMemoryTicketStore(),
    feed: createLocalFeed(),
    close: async () => {},
  };
}

/** Sessions and keys outlive a restart; attempts and tickets are forgotten by then anyway. */
function openSqliteStores(path: string, memory: AuthStores): AuthStores {
  const sessions = openSqliteSessions(path);
  const keys = openSqliteSigningKeys(path);
  return {
    ...memory,
    sessions,
    keys,
    async close() {
      sessions.close();
      keys.close();
    },
  };
}

function connectStores(
  { servers, prefix }: RedisConfig,
  onError: (error: unknown) => void,
): AuthStores {
  const { redis, meter } = connectMetered(servers);
  const attempts = createRedisAttemptCounter(redis, prefix);
  return {
    sessions: createRedisSessions(redis, prefix),
    keys: createRedisSigningKeys(redis, prefix),
    attempts,
    failures: attempts,
    tickets: createRedisTicketStore(redis, prefix),
    feed: createRedisFeed({ redis, keyPrefix: prefix, onError }),
    redis: meter,
    close: () => redis.close(),
  };
}

function connectMetered(servers: RedisConfig['servers']) {
  const connection = connectRedis({ ...servers, timeoutMs: REDIS_TIMEOUT_MS });
  const meter = new RedisMeter(() => connection.connected);
  return { redis: meterRedis(connection, meter), meter };
}

function shareFailures(own: AuthStores, { servers, prefix }: RedisConfig): AuthStores {
  const { redis, meter } = connectMetered(servers);
  return {
    ...own,
    failures: createRedisAttemptCounter(redis, prefix),
    redis: meter,
    async close() {
      await own.close();
      await redis.close();
    },
  };
}
