import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectRedis } from '../../src/lib/redis/connect-redis.ts';
import type { Redis } from '../../src/lib/redis/redis.ts';
import { decide } from '../../src/ratelimit/gcra.ts';
import { createQuota, createRateLimit } from '../../src/ratelimit/limit.ts';
import { type Claim, createBucketName } from '../../src/ratelimit/limit-store.ts';
import { RedisStore } from '../../src/ratelimit/redis-store.ts';
import { TAKE } from '../../src/ratelimit/scripts.ts';
import { SeenBuckets } from '../../src/ratelimit/seen-buckets.ts';
import { TICKS_PER_MS } from '../../src/ratelimit/ticks.ts';
import { type RedisServer, sendTo, startRedisServer } from '../support/redis-server.ts';

let server: RedisServer;
let redis: Redis;

beforeAll(async () => {
  server = await startRedisServer();
  redis = connectRedis({ urls: [server.url], timeoutMs: 2_000 });
  await new Promise<void>((resolve) => redis.onConnect(resolve));
});

afterAll(async () => {
  await redis.close();
  await server.kill();
});

// Slow enough that no token comes back while a test runs.
const caller = createRateLimit('caller', 'caller', { requests: 3, perMs: 3_600_000, burst: 3 });
const method = createRateLimit('method', 'method', { requests: 5, perMs: 3_600_000, burst: 5 });

function createStore(prefix: string, clock?: () => number) {
  return new RedisStore({ redis, seen: new SeenBuckets(1_000, clock), prefix });
}

const claimsOf = (name: string): Claim[] => [
  { limit: caller, bucket: createBucketName(caller, name), cost: 1 },
  { limit: method, bucket: createBucketName(method, 'GetQuote'), cost: 1 },
];

test('all claims of a call are taken, or none, over two gateways', async () => {
  const prefix = randomUUID();
  const gateways = [createStore(prefix), createStore(prefix)] as const;
  const seen: string[] = [];
  for (const name of ['ann', 'ann', 'ann', 'ann', 'bob', 'bob', 'bob']) {
    const verdict = await gateways[seen.length % 2 === 0 ? 0 : 1].take(claimsOf(name));
    seen.push(verdict.admitted ? `${verdict.remaining}` : verdict.refusedBy.limit.scope);
  }
  expect(seen).toEqual(['2', '1', '0', 'caller', '1', '0', 'method']);
});

test('a script that the server forgot is sent again, and the call is counted once', async () => {
  const store = createStore(randomUUID());
  await store.take(claimsOf('ann'));
  await sendTo(server, 'SCRIPT FLUSH');
  expect(await store.take(claimsOf('ann'))).toMatchObject({ admitted: true, remaining: 1 });
});

test('gateways whose clocks are hours apart count together', async () => {
  const prefix = randomUUID();
  const hour = 3_600_000 * TICKS_PER_MS;
  const now = () => Math.floor(performance.now() * TICKS_PER_MS);
  const gateways = [-5 * hour, 0, 5 * hour].map((skew) => createStore(prefix, () => now() + skew));
  const verdicts = await Promise.all(
    [...gateways, ...gateways].map((gateway) => gateway.take(claimsOf('ann'))),
  );
  expect(verdicts.filter((verdict) => verdict.admitted)).toHaveLength(3);
});

test('buckets that Redis lost are as used as they were last seen', async () => {
  const prefix = randomUUID();
  const store = createStore(prefix);
  for (let call = 0; call < 3; call += 1) await store.take(claimsOf('ann'));
  await redis.delete(`${prefix}${createBucketName(caller, 'ann')}`);
  expect(await store.take(claimsOf('ann'))).toMatchObject({ admitted: false });
});

test('no key outlives what it says', async () => {
  const prefix = randomUUID();
  const short = createRateLimit('short', 'caller', { requests: 10, perMs: 1_000, burst: 10 });
  const bucket = createBucketName(short, 'ann');
  await createStore(prefix).take([{ limit: short, bucket, cost: 10 }]);
  expect(await redis.get(prefix + bucket)).toBeDefined();
  await expect.poll(() => redis.get(prefix + bucket), { timeout: 10_000 }).toBeUndefined();
});

// The script and gcra.ts are two writings of one decision: same bucket, same moment, same outcome.
test('the script decides as the memory store does', async () => {
  const limits = [
    createRateLimit('r', 'caller', { requests: 7, perMs: 60_000, burst: 4 }),
    createRateLimit('r', 'caller', { requests: 300_000, perMs: 1_000, burst: 50 }),
    createQuota('q', 9, 86_400_000),
  ];
  const calls = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...limits), calls, async (limit, costs) => {
      const key = randomUUID();
      let tat = 0;
      for (const cost of costs) {
        const args = [1, limit.interval, limit.burst, limit.window, cost, 0];
        const reply = await redis.run(TAKE, [key], args);
        const [now, refused, third] = reply as number[];
        const decision = decide(limit, tat, now ?? 0, cost);
        if (decision.admitted) tat = decision.tat;
        expect([refused === 0, third]).toEqual([
          decision.admitted,
          decision.admitted ? decision.tat : decision.waitTicks,
        ]);
      }
    }),
    { numRuns: 60 },
  );
});
