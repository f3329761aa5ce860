import type { AuthConfig } from '../config/schema.ts';
import { connectRedis } from '../lib/redis/connect-redis.ts';
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
  readonly tickets: TicketStore;
  readonly feed: AccessChangeFeed;
  close(): Promise<void>;
}

type StoreConfig = NonNullable<AuthConfig['builtIn']>['store'];

/** How long Redis may take to answer about a session or a ticket. */
const REDIS_TIMEOUT_MS = 1_000;

export function openAuthStores(store: StoreConfig, onError: (error: unknown) => void): AuthStores {
  if (store === 'memory') return createMemoryStores();
  return 'sqlite' in store ? openSqliteStores(store.sqlite) : connectStores(store.redis, onError);
}

function createMemoryStores(): AuthStores {
  return {
    sessions: createMemorySessions(),
    keys: createMemorySigningKeys(),
    attempts: createMemoryAttemptCounter(),
    tickets: createMemoryTicketStore(),
    feed: createLocalFeed(),
    close: async () => {},
  };
}

/** Sessions and keys outlive a restart; attempts and tickets are forgotten by then anyway. */
function openSqliteStores(path: string): AuthStores {
  const sessions = openSqliteSessions(path);
  const keys = openSqliteSigningKeys(path);
  return {
    ...createMemoryStores(),
    sessions,
    keys,
    async close() {
      sessions.close();
      keys.close();
    },
  };
}

function connectStores(urls: readonly string[], onError: (error: unknown) => void): AuthStores {
  const redis = connectRedis({ urls, timeoutMs: REDIS_TIMEOUT_MS });
  return {
    sessions: createRedisSessions(redis),
    keys: createRedisSigningKeys(redis),
    attempts: createRedisAttemptCounter(redis),
    tickets: createRedisTicketStore(redis),
    feed: createRedisFeed({ redis, onError }),
    close: () => redis.close(),
  };
}
