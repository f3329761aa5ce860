import { randomUUID } from 'node:crypto';
import { afterEach, expect, test, vi } from 'vitest';
import { connectRedis } from '../../src/lib/redis/connect-redis.ts';
import type { Redis } from '../../src/lib/redis/redis.ts';
import { createRateLimit } from '../../src/ratelimit/limit.ts';
import { type Claim, createBucketName } from '../../src/ratelimit/limit-store.ts';
import { RedisStore } from '../../src/ratelimit/redis-store.ts';
import { SeenBuckets } from '../../src/ratelimit/seen-buckets.ts';
import { SharedStore } from '../../src/ratelimit/shared-store.ts';
import { startRedisCluster } from '../support/redis-cluster.ts';
import { sendTo } from '../support/redis-server.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

/** One node of a cluster is gone for a while, and the others answer all the time. */

const closing: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** The same Redis, that counts what it could not do. */
function counting(redis: Redis) {
  const failures = { count: 0 };
  const watched = <Result>(reply: Promise<Result>): Promise<Result> => {
    reply.catch(() => {
      failures.count += 1;
    });
    return reply;
  };
  const counted: Redis = Object.create(redis, {
    run: { value: (...command: Parameters<Redis['run']>) => watched(redis.run(...command)) },
    connected: { get: () => redis.connected },
  });
  return { redis: counted, failures };
}

const perMs = 86_400_000;
const limit = createRateLimit('caller', 'caller', { requests: 3, perMs, burst: 3 });
const claimsOf = (caller: string): Claim[] => [
  { limit, bucket: createBucketName(limit, caller), cost: 1 },
];
const CALLERS = Array.from({ length: 30 }, (_, index) => `caller-${index}`);

test.each(['kill', 'pause'] as const)(
  'limits change their mode once for a node that is gone and once for its replica: %s',
  async (way) => {
    const cluster = await startRedisCluster();
    closing.push(() => cluster.stop());
    const replica = await cluster.replicate(1);
    // It takes over when the test says so.
    await sendTo(replica, 'CONFIG SET cluster-replica-no-failover yes');
    const connection = connectRedis({ urls: cluster.urls, timeoutMs: 200 });
    closing.push(() => connection.close());
    const { redis, failures } = counting(connection);
    const seen = new SeenBuckets(1_000);
    const prefix = randomUUID();
    const modes: string[] = [];
    const store = new SharedStore({
      redis,
      seen,
      prefix,
      store: new RedisStore({ redis, seen, prefix }),
      whenGone: 'local',
      settleMs: 0,
      onChange: ({ mode }) => modes.push(mode),
    });
    closing.push(() => store.close());
    await store.ready();
    const askAll = async () => {
      const verdicts = [];
      for (const caller of CALLERS) verdicts.push((await store.take(claimsOf(caller))).admitted);
      return verdicts;
    };
    expect(await askAll()).toEqual(CALLERS.map(() => true));
    modes.length = 0;
    await cluster.nodes[1]?.[way]();
    expect(await askAll()).toEqual(CALLERS.map(() => true));
    const before = failures.count;
    await expect
      .poll(
        async () => {
          await askAll();
          return failures.count;
        },
        { timeout: 30_000 },
      )
      .toBeGreaterThan(before + 3);
    expect(modes).toEqual(['local']);
    await sendTo(replica, 'CLUSTER FAILOVER TAKEOVER');
    await expect.poll(() => store.status.mode, { timeout: 30_000 }).toBe('shared');
    expect(modes).toEqual(['local', 'shared']);
    // Three in all, whoever counted them.
    expect(await askAll()).toEqual(CALLERS.map(() => false));
    expect(modes).toEqual(['local', 'shared']);
  },
);
