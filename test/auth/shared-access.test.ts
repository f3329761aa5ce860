import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { ExpiryQueue } from '../../src/auth/expiry-queue.ts';
import { ANONYMOUS, type Identity } from '../../src/auth/identity.ts';
import { LiveAccess } from '../../src/auth/revocation/live-access.ts';
import { createRedisFeed } from '../../src/auth/revocation/redis-feed.ts';
import { connectRedis } from '../../src/lib/redis/connect-redis.ts';
import type { Redis } from '../../src/lib/redis/redis.ts';
import { type RedisServer, sendTo, startRedisServer } from '../support/redis-server.ts';
import { refusalOf } from './support/refusal-of.ts';

/** Several instances that share a Redis, and what they know of each other's revocations. */

interface Instance {
  readonly redis: Redis;
  readonly access: LiveAccess;
}

let server: RedisServer;
const instances: Instance[] = [];

beforeAll(async () => {
  server = await startRedisServer();
});

afterAll(async () => {
  for (const { access, redis } of instances) {
    await access.close();
    await redis.close();
  }
  await server.kill();
});

async function startInstance(): Promise<Instance> {
  const redis = connectRedis({ urls: [server.url], timeoutMs: 1_000 });
  const access = new LiveAccess(createRedisFeed({ redis, pollMs: 100 }), new ExpiryQueue());
  await access.start();
  const instance = { redis, access };
  instances.push(instance);
  await new Promise<void>((resolve) => redis.onConnect(resolve));
  return instance;
}

const identity = (tokenId: string): Identity => ({
  ...ANONYMOUS,
  proof: 'jwt',
  issuer: 'weir',
  subject: 'ada',
  tokenId,
  issuedAtMs: Date.now(),
  expiresAtMs: Date.now() + 60_000,
});

const revoke = ({ access }: Instance, tokenId: string) =>
  access.announce({
    kind: 'tokenRevoked',
    issuer: 'weir',
    tokenId,
    untilMs: Date.now() + 60_000,
  });

const isRevoked = async ({ access }: Instance, tokenId: string) =>
  (await refusalOf(() => access.current(identity(tokenId)))) === 'UNAUTHENTICATED TOKEN_REVOKED';

const heardBy = (instance: Instance, tokenId: string, withinMs: number) =>
  vi.waitFor(async () => expect(await isRevoked(instance, tokenId)).toBe(true), {
    timeout: withinMs,
    interval: 10,
  });

test('a stream on another instance ends within a second of the revocation', async () => {
  const [one, two] = [await startInstance(), await startInstance()];
  const ended = new Promise<string>((resolve) => {
    two.access.watch(identity('t-stream'), {
      onEnd: ({ message }) => resolve(message),
      onChange: () => {},
    });
  });
  const started = performance.now();
  await revoke(one, 't-stream');
  expect(await ended).toBe('The token has been revoked.');
  expect(performance.now() - started).toBeLessThan(1_000);
});

test('an instance that starts later knows what was revoked before', async () => {
  const [one = await startInstance()] = instances;
  await revoke(one, 't-early');
  const late = await startInstance();
  await heardBy(late, 't-early', 1_000);
});

test('a Redis that is killed and comes back empty is filled again, and what was said meanwhile arrives', async () => {
  const [one = await startInstance(), two = await startInstance()] = instances;
  await revoke(one, 't-before');
  await heardBy(two, 't-before', 1_000);
  await server.kill();
  await revoke(one, 't-meanwhile');
  expect(await isRevoked(one, 't-meanwhile')).toBe(true);
  expect(await isRevoked(two, 't-before')).toBe(true);
  await server.restart();
  await heardBy(two, 't-meanwhile', 5_000);
  const late = await startInstance();
  await heardBy(late, 't-before', 2_000);
  await heardBy(late, 't-meanwhile', 2_000);
});

/** The same Redis, and how to wait until a feed has looked into it a few times more. */
function watchPolls(connection: Redis) {
  let polls = 0;
  const redis: Redis = Object.create(connection, {
    connected: { get: () => connection.connected },
    get: {
      value: (key: string) => {
        polls += 1;
        return connection.get(key);
      },
    },
  });
  async function polled(): Promise<void> {
    const before = polls;
    await expect.poll(() => polls, { timeout: 20_000 }).toBeGreaterThan(before + 5);
  }
  return { redis, polled };
}

test('what Redis refused to store reaches the others when it stores again', async () => {
  const other = await startInstance();
  const connection = connectRedis({ urls: [server.url], timeoutMs: 1_000 });
  const { redis, polled } = watchPolls(connection);
  const access = new LiveAccess(createRedisFeed({ redis, pollMs: 10 }), new ExpiryQueue());
  const one = { redis: connection, access };
  instances.push(one);
  await access.start();
  // It has read whatever there was, and has no other reason to read it again.
  await polled();
  await sendTo(server, 'CONFIG SET maxmemory 1');
  await revoke(one, 't-refused');
  await polled();
  expect(await isRevoked(other, 't-refused')).toBe(false);
  await sendTo(server, 'CONFIG SET maxmemory 0');
  await heardBy(other, 't-refused', 10_000);
});

test('a Redis that hangs is told of once, and its next time again', async () => {
  const connection = connectRedis({ urls: [server.url], timeoutMs: 400 });
  const { redis, polled } = watchPolls(connection);
  const errors: unknown[] = [];
  const onError = (error: unknown) => errors.push(error);
  const feed = createRedisFeed({ redis, pollMs: 10, onError });
  await feed.subscribe(() => {});
  try {
    for (const times of [1, 2]) {
      await polled();
      server.pause();
      await polled();
      server.resume();
      await expect.poll(() => connection.get('key').catch(() => 'gone')).toBeUndefined();
      await polled();
      expect(errors).toHaveLength(times);
    }
  } finally {
    server.resume();
    await feed.close();
    await connection.close();
  }
});
