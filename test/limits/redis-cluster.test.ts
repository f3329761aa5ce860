import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { AnswerCache } from '../../src/cache/answer-cache.ts';
import { Generations } from '../../src/cache/generations.ts';
import { MemoryLayer } from '../../src/cache/memory-layer.ts';
import { RedisLayer } from '../../src/cache/redis-layer.ts';
import { Cancellation } from '../../src/lib/cancellation.ts';
import { connectRedis } from '../../src/lib/redis/connect-redis.ts';
import type { Redis } from '../../src/lib/redis/redis.ts';
import { LeasedStore } from '../../src/ratelimit/leased-store.ts';
import { createRateLimit } from '../../src/ratelimit/limit.ts';
import { type Claim, createBucketName, type LimitStore } from '../../src/ratelimit/limit-store.ts';
import { RedisStore } from '../../src/ratelimit/redis-store.ts';
import { SeenBuckets } from '../../src/ratelimit/seen-buckets.ts';
import { SharedStore } from '../../src/ratelimit/shared-store.ts';
import { type RedisCluster, startRedisCluster } from '../support/redis-cluster.ts';
import { type RedisServer, sendTo } from '../support/redis-server.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

/** What gateways share, in a cluster of three nodes: each key on the node that its slot is on. */

let cluster: RedisCluster;
const closing: (() => Promise<void>)[] = [];

beforeAll(async () => {
  cluster = await startRedisCluster();
});

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

afterAll(() => cluster.stop());

async function connect(timeoutMs = 5_000): Promise<Redis> {
  // One node is enough to find the others, if it is said that it is one of several.
  const redis = connectRedis({ urls: cluster.urls.slice(0, 2), timeoutMs });
  closing.push(() => redis.close());
  await new Promise<void>((resolve) => redis.onConnect(resolve));
  return redis;
}

// Slow enough that no token comes back while a test runs.
const perMs = 86_400_000;
const ofCaller = createRateLimit('caller', 'caller', { requests: 3, perMs, burst: 3 });
const ofMethod = createRateLimit('method', 'method', { requests: 200, perMs, burst: 200 });

const claimsOf = (caller: string): Claim[] => [
  { limit: ofCaller, bucket: createBucketName(ofCaller, caller), cost: 1 },
  { limit: ofMethod, bucket: createBucketName(ofMethod, 'GetQuote'), cost: 1 },
];

async function createStores(
  create: (options: { redis: Redis; seen: SeenBuckets; prefix: string }) => LimitStore,
) {
  const prefix = randomUUID();
  const gateways: LimitStore[] = [];
  for (let count = 0; count < 2; count += 1) {
    gateways.push(create({ redis: await connect(), seen: new SeenBuckets(1_000), prefix }));
  }
  return gateways;
}

const CALLERS = Array.from({ length: 60 }, (_, index) => `caller-${index}`);

/** Each caller asks each gateway three times; how often each was admitted. */
async function admissions(gateways: readonly LimitStore[], between: () => Promise<unknown>) {
  const admitted = new Map<string, number>();
  for (let round = 0; round < 3; round += 1) {
    await Promise.all(
      CALLERS.flatMap((caller) =>
        gateways.map(async (gateway) => {
          const verdict = await gateway.take(claimsOf(caller));
          if (verdict.admitted) admitted.set(caller, (admitted.get(caller) ?? 0) + 1);
        }),
      ),
    );
    await between();
  }
  return CALLERS.map((caller) => admitted.get(caller));
}

const flushScripts = () => Promise.all(cluster.nodes.map((node) => sendTo(node, 'SCRIPT FLUSH')));

test.each([
  ['undisturbed', async () => {}],
  ['with all scripts forgotten in between', flushScripts],
])('buckets on all nodes are counted exactly, %s', async (_, between) => {
  const gateways = await createStores((options) => new RedisStore(options));
  expect(await admissions(gateways, between)).toEqual(CALLERS.map(() => 3));
});

test('a limit on another node than its caller’s refuses and names itself', async () => {
  const [gateway] = await createStores((options) => new RedisStore(options));
  const few = createRateLimit('few', 'gateway', { requests: 10, perMs, burst: 10 });
  const everyone = { limit: few, bucket: createBucketName(few, 'gateway'), cost: 1 };
  const scopes: string[] = [];
  for (const caller of CALLERS.slice(0, 12)) {
    const verdict = await gateway?.take([...claimsOf(caller), everyone]);
    scopes.push(verdict?.admitted === false ? verdict.refusedBy.limit.scope : 'admitted');
  }
  expect(scopes).toEqual([...Array<string>(10).fill('admitted'), 'gateway', 'gateway']);
});

test('leases from several nodes never add up to more than the burst', async () => {
  const gateways = await createStores(
    (options) => new LeasedStore({ ...options, maxShare: 0.5, maxLeases: 1_000 }),
  );
  const admitted = await admissions(gateways, async () => {});
  expect(Math.max(...admitted.map((count) => count ?? 0))).toBeLessThanOrEqual(3);
  const total = admitted.reduce((sum: number, count) => sum + (count ?? 0), 0);
  expect(total).toBeGreaterThan(CALLERS.length * 2);
});

test('an invalidation reaches every gateway, whichever node it went to', async () => {
  const prefix = randomUUID();
  /** What the backend answers now; whether a gateway finds it in Redis or asks for it is all the same here. */
  let version = 1;
  const terms = { ttlMs: perMs, staleWhileRevalidateMs: 0, staleIfErrorMs: 0, negativeTtlMs: 0 };
  async function createGateway() {
    const redis = await connect();
    const generations = new Generations({ redis, prefix });
    const cache = new AnswerCache({
      memory: new MemoryLayer({ maxBytes: 1_000_000, maxAnswerBytes: 100_000 }),
      redis: new RedisLayer({ redis, prefix, maxAnswerBytes: 100_000 }),
    });
    return {
      generations,
      async ask() {
        const { answer } = await cache.fetch({
          key: `quotes ${generations.of(['quotes'])}`,
          terms,
          caller: new Cancellation(),
          load: async () => `{"version":${version}}`,
        });
        return answer.json;
      },
    };
  }
  const first = await createGateway();
  const second = await createGateway();
  expect([await first.ask(), await second.ask()]).toEqual(Array(2).fill('{"version":1}'));
  version = 2;
  expect([await first.ask(), await second.ask()]).toEqual(Array(2).fill('{"version":1}'));
  await first.generations.renew(['quotes']);
  expect(await first.ask()).toBe('{"version":2}');
  await expect.poll(() => second.ask(), { timeout: 10_000 }).toBe('{"version":2}');
});

test('a replica that takes over counts on from where its primary stood', async () => {
  const [one, two] = await createStores((options) => new RedisStore(options));
  const replica = await cluster.replicate(0);
  for (const caller of CALLERS) {
    await one?.take(claimsOf(caller));
    await two?.take(claimsOf(caller));
  }
  const [primary = replica] = cluster.nodes;
  await expect.poll(() => offsetOf(replica)).toBe(await offsetOf(primary));
  await primary.kill();
  // As an operator does who does not wait for the vote.
  await sendTo(replica, 'CLUSTER FAILOVER TAKEOVER');
  const admitted: boolean[] = [];
  for (const caller of CALLERS) {
    const take = async () => await one?.take(claimsOf(caller));
    const verdict = await vi.waitFor(take, { timeout: 20_000, interval: 50 });
    admitted.push(verdict?.admitted === true);
    await expect(two?.take(claimsOf(caller))).resolves.toMatchObject({ admitted: false });
  }
  expect(admitted).toEqual(CALLERS.map(() => true));
});

/** How much of the primary's history a server has. */
async function offsetOf(server: RedisServer): Promise<string | undefined> {
  return /master_repl_offset:(\d+)/.exec(await sendTo(server, 'INFO replication'))?.[1];
}

test('a node that dies costs no call its answer, and limits hold on from what was seen', async () => {
  const redis = await connect(200);
  const modes: string[] = [];
  const seen = new SeenBuckets(1_000);
  const prefix = randomUUID();
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
  for (const caller of CALLERS) for (const _ of [1, 2]) await store.take(claimsOf(caller));
  await cluster.nodes[1]?.kill();
  const outcomes: string[] = [];
  for (const caller of CALLERS) {
    for (const _ of [1, 2])
      outcomes.push((await store.take(claimsOf(caller))).admitted ? '+' : '-');
  }
  expect(outcomes.join('')).toBe('+-'.repeat(CALLERS.length));
  expect(modes).toContain('local');
});
