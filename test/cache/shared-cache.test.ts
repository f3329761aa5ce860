import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AnswerCache } from '../../src/cache/answer-cache.ts';
import { Generations } from '../../src/cache/generations.ts';
import { MemoryLayer } from '../../src/cache/memory-layer.ts';
import { RedisLayer } from '../../src/cache/redis-layer.ts';
import { Cancellation } from '../../src/lib/cancellation.ts';
import { connectRedis } from '../../src/lib/redis/connect-redis.ts';
import type { Redis } from '../../src/lib/redis/redis.ts';
import { type RedisServer, startRedisServer } from '../support/redis-server.ts';

let server: RedisServer;
const connections: Redis[] = [];

beforeAll(async () => {
  server = await startRedisServer();
});

afterAll(async () => {
  for (const redis of connections) await redis.close();
  await server.kill();
});

/** The cache of one gateway, whose backend answers `answer()`. */
async function createGateway(prefix: string, answer: () => Promise<string>, timeoutMs = 2_000) {
  const redis = connectRedis({ urls: [server.url], timeoutMs });
  connections.push(redis);
  await new Promise<void>((resolve) => redis.onConnect(resolve));
  const generations = new Generations({ redis, prefix });
  const cache = new AnswerCache({
    memory: new MemoryLayer({ maxBytes: 1_000_000, maxAnswerBytes: 100_000 }),
    redis: new RedisLayer({ redis, prefix, maxAnswerBytes: 100_000 }),
  });
  const terms = {
    ttlMs: 60_000,
    staleWhileRevalidateMs: 0,
    staleIfErrorMs: 0,
    negativeTtlMs: 0,
  };
  return {
    redis,
    generations,
    ask: async () => {
      const key = `quotes ${generations.of(['quotes'])}`;
      const fetch = { key, terms, caller: new Cancellation(), load: answer };
      const outcome = await cache.fetch(fetch);
      // Storing in Redis is not waited for by the caller; a later command on the connection is.
      await redis.get('anything').catch(() => {});
      return `${outcome.status} ${outcome.answer.json}`;
    },
  };
}

test('what one gateway fetched, another has; what one invalidates, all forget', async () => {
  const prefix = randomUUID();
  let calls = 0;
  const answer = async () => `{"call":${++calls}}`;
  const first = await createGateway(prefix, answer);
  const second = await createGateway(prefix, answer);
  expect(await first.ask()).toBe('miss {"call":1}');
  await expect.poll(() => second.ask()).toBe('hit {"call":1}');
  expect(calls).toBe(1);

  await first.generations.renew(['quotes']);
  expect(await first.ask()).toBe('miss {"call":2}');
  await expect.poll(() => second.ask()).toBe('hit {"call":2}');

  // A gateway that starts later knows what was invalidated before.
  const third = await createGateway(prefix, answer);
  await expect.poll(() => third.ask()).toBe('hit {"call":2}');

  await third.generations.renewAll();
  expect(await third.ask()).toBe('miss {"call":3}');
  await expect.poll(() => first.ask()).toBe('hit {"call":3}');
});

test('a Redis that hangs costs one time-out, then memory and the backend go on without it', async () => {
  const gateway = await createGateway(randomUUID(), async () => '"answer"', 25);
  server.pause();
  try {
    const started = performance.now();
    expect(await gateway.ask()).toBe('miss "answer"');
    expect(performance.now() - started).toBeGreaterThan(20);
    const again = performance.now();
    expect(await gateway.ask()).toBe('hit "answer"');
    await gateway.generations.renew(['quotes']).catch(() => {});
    expect(await gateway.ask()).toBe('miss "answer"');
    expect(performance.now() - again).toBeLessThan(500);
  } finally {
    server.resume();
  }
});
