import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { connectRedis } from '../../src/lib/redis/connect-redis.ts';
import { type Redis, RedisUnavailable } from '../../src/lib/redis/redis.ts';
import { startRedisCluster } from '../support/redis-cluster.ts';
import { findFreePort, type RedisServer, startRedisServer } from '../support/redis-server.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const cleanUp: (() => unknown)[] = [];
const unhandled: unknown[] = [];
const note = (reason: unknown) => void unhandled.push(reason);

beforeEach(() => {
  unhandled.length = 0;
  process.on('unhandledRejection', note);
});

afterEach(async () => {
  process.off('unhandledRejection', note);
  for (const step of cleanUp.splice(0).reverse()) await step();
});

async function startServer(): Promise<RedisServer> {
  const server = await startRedisServer();
  cleanUp.push(() => server.kill());
  return server;
}

const connected = (redis: Redis) => new Promise<void>((resolve) => redis.onConnect(resolve));

/** Listens, and resolves once it is sure to be heard. */
const subscribed = (redis: Redis, channel = 'news') =>
  new Promise<void>((resolve) => {
    redis.subscribe(channel, { onMessage: () => {}, onSubscribed: resolve });
  });

/** Brings connections to `urls` into the state named; what it returns is still on its way then. */
type Reach = (
  redis: Redis,
  servers: readonly RedisServer[],
) => Promise<readonly Promise<unknown>[]>;

const STATES: Record<string, Reach> = {
  'just begun': async (redis) => [redis.get('key')],
  ready: async (redis) => {
    await Promise.all([connected(redis), subscribed(redis)]);
    return [redis.get('key')];
  },
  'left by its servers': async (redis, servers) => {
    await Promise.all([connected(redis), subscribed(redis)]);
    for (const server of servers) await server.kill();
    await expect(redis.get('key')).rejects.toThrow(RedisUnavailable);
    return [];
  },
  'waiting for a paused Redis to answer': async (redis, servers) => {
    await Promise.all([connected(redis), subscribed(redis)]);
    for (const server of servers) server.pause();
    return [redis.get('key'), redis.get('other')];
  },
  'waiting for a paused Redis to subscribe': async (redis, servers) => {
    await connected(redis);
    for (const server of servers) server.pause();
    redis.subscribe('news', { onMessage: () => {}, onSubscribed: () => {} });
    return [redis.get('key')];
  },
};

const WAYS = ['one server', 'a cluster'];

for (const [state, reach] of Object.entries(STATES)) {
  test.each(WAYS)(`closes at once when ${state}, %s`, async (way) => {
    const { servers, urls } = await startServers(way);
    const redis = connectRedis({ urls, timeoutMs: 5_000 });
    const pending = await reach(redis, servers);
    const answers = Promise.allSettled(pending);
    const started = performance.now();
    await redis.close();
    expect(performance.now() - started).toBeLessThan(2_000);
    await answers;
    expect(performance.now() - started).toBeLessThan(2_500);
    expect(redis.connected).toBe(false);
    expect(unhandled).toEqual([]);
  });
}

async function startServers(way: string) {
  if (way === 'one server') {
    const server = await startServer();
    return { servers: [server], urls: [server.url] };
  }
  const cluster = await startRedisCluster();
  cleanUp.push(() => cluster.stop());
  return { servers: cluster.nodes, urls: cluster.urls };
}

test.each([
  ['one server', 1],
  ['a cluster', 2],
])('closes at once when there was never anything to connect to, %s', async (_, count) => {
  const port = await findFreePort();
  const urls = Array.from({ length: count }, () => `redis://127.0.0.1:${port}`);
  const redis = connectRedis({ urls, timeoutMs: 5_000 });
  redis.subscribe('news', { onMessage: () => {}, onSubscribed: () => {} });
  await expect(redis.get('key')).rejects.toThrow('Redis cannot be asked');
  const started = performance.now();
  await redis.close();
  expect(performance.now() - started).toBeLessThan(2_000);
});

/** A way to a server on which every connection can be cut, and those that subscribe are while it is asked. */
async function openCutter(server: RedisServer) {
  const sockets = new Set<Socket>();
  let subscribersToCut = 0;
  const listener = createServer((inbound) => {
    const outbound = connect(server.port, '127.0.0.1');
    for (const [socket, other] of [
      [inbound, outbound],
      [outbound, inbound],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
    outbound.pipe(inbound);
    inbound.on('data', (chunk) => {
      if (subscribersToCut > 0 && /\bsubscribe\b/i.test(String(chunk))) {
        subscribersToCut -= 1;
        inbound.destroy();
        return;
      }
      outbound.write(chunk);
    });
  }).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  cleanUp.push(async () => {
    listener.close();
    cut();
    await once(listener, 'close');
  });
  return {
    url: `redis://127.0.0.1:${port}`,
    /** Cuts everything, and then the next `count` connections in the moment in which they subscribe. */
    cut(count: number) {
      subscribersToCut = count;
      cut();
    },
    get toCut() {
      return subscribersToCut;
    },
  };
}

test('a connection lost while it subscribes again harms nothing, and the next one subscribes', async () => {
  const server = await startServer();
  const cutter = await openCutter(server);
  const redis = connectRedis({ urls: [cutter.url], timeoutMs: 2_000 });
  cleanUp.push(() => redis.close());
  const heard: string[] = [];
  const times = { news: 0, weather: 0 };
  const listen = (channel: keyof typeof times) =>
    redis.subscribe(channel, {
      onMessage: (message) => heard.push(`${channel}: ${message}`),
      onSubscribed: () => {
        times[channel] += 1;
      },
    });
  listen('news');
  await expect.poll(() => times.news).toBe(1);
  listen('weather');
  await expect.poll(() => times.weather).toBe(1);
  cutter.cut(3);
  await expect.poll(() => times, { timeout: 20_000 }).toEqual({ news: 2, weather: 2 });
  expect(cutter.toCut).toBe(0);
  await expect.poll(() => redis.connected, { timeout: 10_000 }).toBe(true);
  await redis.publish('news', 'all is well');
  await redis.publish('weather', 'sunny');
  await expect.poll(() => heard).toEqual(['news: all is well', 'weather: sunny']);
  expect(unhandled).toEqual([]);
});

test('a Redis that takes connections and says nothing is left for one that answers', async () => {
  const [silent, server] = [await startServer(), await startServer()];
  let target = silent;
  const sockets = new Set<Socket>();
  const listener = createServer((inbound) => {
    const outbound = connect(target.port, '127.0.0.1');
    for (const socket of [inbound, outbound]) {
      sockets.add(socket);
      socket.on('error', () => {});
    }
    inbound.pipe(outbound).pipe(inbound);
    inbound.on('close', () => outbound.destroy());
  }).listen(0, '127.0.0.1');
  cleanUp.push(async () => {
    for (const socket of sockets) socket.destroy();
    listener.close();
    await once(listener, 'close');
  });
  await once(listener, 'listening');
  silent.pause();
  const { port } = listener.address() as AddressInfo;
  const redis = connectRedis({ urls: [`redis://127.0.0.1:${port}`], timeoutMs: 2_000 });
  cleanUp.push(() => redis.close());
  const listening = subscribed(redis);
  await expect.poll(() => sockets.size, { timeout: 10_000 }).toBeGreaterThanOrEqual(4);
  target = server;
  await Promise.all([connected(redis), listening]);
  expect(await redis.get('key')).toBeUndefined();
});
