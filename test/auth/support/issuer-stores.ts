import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createMemoryTicketStore,
  createRedisTicketStore,
  type TicketStore,
} from '../../../src/auth/credentials/ticket-store.ts';
import {
  type AttemptCounter,
  createMemoryAttemptCounter,
  createRedisAttemptCounter,
} from '../../../src/auth/issuer/login-attempts.ts';
import { createMemorySessions } from '../../../src/auth/issuer/memory-sessions.ts';
import { createRedisSessions } from '../../../src/auth/issuer/redis-sessions.ts';
import type { SessionStore } from '../../../src/auth/issuer/session.ts';
import {
  createMemorySigningKeys,
  createRedisSigningKeys,
  openSqliteSigningKeys,
  type SigningKeyStore,
} from '../../../src/auth/issuer/signing-key-store.ts';
import { openSqliteSessions } from '../../../src/auth/issuer/sqlite-sessions.ts';
import { connectRedis } from '../../../src/lib/redis/connect-redis.ts';
import { startRedisServer } from '../../support/redis-server.ts';

/** The stores of one deployment, of each kind that Weir has. */
export interface IssuerStores {
  readonly sessions: SessionStore;
  readonly keys: SigningKeyStore;
  readonly attempts: AttemptCounter;
  readonly tickets: TicketStore;
  close(): Promise<void>;
}

export const STORE_KINDS: Readonly<Record<string, () => Promise<IssuerStores>>> = {
  async memory() {
    return {
      sessions: createMemorySessions(),
      keys: createMemorySigningKeys(),
      attempts: createMemoryAttemptCounter(),
      tickets: createMemoryTicketStore(),
      close: async () => {},
    };
  },
  async sqlite() {
    const folder = mkdtempSync(join(tmpdir(), 'weir-issuer-'));
    const sessions = openSqliteSessions(join(folder, 'weir.db'));
    const keys = openSqliteSigningKeys(join(folder, 'weir.db'));
    return {
      sessions,
      keys,
      attempts: createMemoryAttemptCounter(),
      tickets: createMemoryTicketStore(),
      async close() {
        sessions.close();
        keys.close();
        rmSync(folder, { recursive: true });
      },
    };
  },
  async redis() {
    const server = await startRedisServer();
    const redis = connectRedis({ urls: [server.url], timeoutMs: 2_000 });
    await new Promise<void>((resolve) => redis.onConnect(resolve));
    return {
      sessions: createRedisSessions(redis),
      keys: createRedisSigningKeys(redis),
      attempts: createRedisAttemptCounter(redis),
      tickets: createRedisTicketStore(redis),
      async close() {
        await redis.close();
        await server.kill();
      },
    };
  },
};
