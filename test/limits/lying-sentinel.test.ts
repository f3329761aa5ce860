import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { connectRedis } from '../../src/lib/redis/connect-redis.ts';
import type { Redis } from '../../src/lib/redis/redis.ts';
import { createRateLimit } from '../../src/ratelimit/limit.ts';
import { createBucketName } from '../../src/ratelimit/limit-store.ts';
import { RedisStore } from '../../src/ratelimit/redis-store.ts';
import { SeenBuckets } from '../../src/ratelimit/seen-buckets.ts';
import { SharedStore } from '../../src/ratelimit/shared-store.ts';
import { portOf } from '../support/port-of.ts';
import { findFreePort, type RedisServer, startRedisServer } from '../support/redis-server.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

/** Sentinels that are broken, or somebody else's: whatever they say, Redis is found when one tells the truth. */

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

const text = (value: string) => `$${Buffer.byteLength(value)}\r\n${value}\r\n`;
const list = (...items: readonly string[]) => `*${items.length}\r\n${items.join('')}`;
const address = (host: string, port: string) => list(text(host), text(port));

/** What it answers to each command; undefined for nothing at all. */
type Answer = (command: string, socket: Socket) => string | undefined;

async function startSentinel(answer: Answer) {
  const sentinel = { answer, connections: 0, url: '' };
  const sockets = new Set<Socket>();
  const listener = createServer((socket) => {
    sentinel.connections += 1;
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (chunk) => {
      for (const command of String(chunk).split(/(?=\*\d+\r\n\$)/)) {
        const reply = /client/i.test(command) ? '+OK\r\n' : sentinel.answer(command, socket);
        if (reply !== undefined && !socket.destroyed) socket.write(reply);
      }
    });
  }).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  sentinel.url = `redis://127.0.0.1:${portOf(listener)}`;
  cleanUp.push(async () => {
    for (const socket of sockets) socket.destroy();
    listener.close();
    await once(listener, 'close');
  });
  return sentinel;
}

const says =
  (reply: string): Answer =>
  () =>
    reply;
const names = (host: string, port: string | number) => says(address(host, String(port)));

/** A command asks for the primary, or for other sentinels. */
function truth({ port }: RedisServer): Answer {
  return (command) =>
    command.includes('get-master-addr-by-name') ? address('127.0.0.1', String(port)) : list();
}

async function startServer(...options: string[]): Promise<RedisServer> {
  const server = await startRedisServer(...options);
  cleanUp.push(() => server.kill());
  return server;
}

function connect(sentinels: readonly string[]): Redis {
  const redis = connectRedis({ sentinels, master: 'weir', timeoutMs: 5_000 });
  cleanUp.push(() => redis.close());
  return redis;
}

const LIES: Record<string, () => Answer | Promise<Answer>> = {
  'a port that is a word': () => names('127.0.0.1', 'port'),
  'port 0': () => names('127.0.0.1', 0),
  'a port beyond the last': () => names('127.0.0.1', 70_000),
  'a port below the first': () => names('127.0.0.1', -1),
  'no port': () => says(list(text('127.0.0.1'))),
  'a host that is empty': () => names('', 6_379),
  'a host with a line break': () => names('127.0.0.1\r\nx', 6_379),
  'a host that is a number': () => says(list(':7\r\n', ':6379\r\n')),
  'a host that is a list': () => says(list(list(text('a'), text('b')), ':6379\r\n')),
  'no host': () => says(list('$-1\r\n', '$-1\r\n')),
  'an empty list': () => says(list()),
  nothing: () => says('*-1\r\n'),
  'an error': () => says('-ERR out of order\r\n'),
  'a number': () => says(':5\r\n'),
  'another protocol': () => says('HTTP/1.1 400 Bad Request\r\n\r\n'),
  'a list without an end': () => says('*1000000000\r\n'),
  silence: () => () => undefined,
  'the end of the connection': () => (_, socket) => void socket.destroy(),
  'other sentinels that are none': () => (command) =>
    command.includes('get-master') ? address('127.0.0.1', '1') : list(list('$-1\r\n'), ':1\r\n'),
  'a port that nobody listens on': async () => names('127.0.0.1', await findFreePort()),
  'a replica for the primary': async () => {
    const other = await startServer();
    const replica = await startServer('--replicaof', '127.0.0.1', String(other.port));
    return names('127.0.0.1', replica.port);
  },
};

test.each(Object.entries(LIES))('one that says %s for a while', async (_, lie) => {
  const [server, answer] = await Promise.all([startServer(), lie()]);
  const sentinel = await startSentinel(answer);
  const redis = connect([sentinel.url]);
  const heard: string[] = [];
  redis.subscribe('news', { onMessage: (message) => heard.push(message), onSubscribed: () => {} });
  await expect.poll(() => sentinel.connections, { timeout: 20_000 }).toBeGreaterThan(4);
  expect(redis.connected).toBe(false);
  sentinel.answer = truth(server);
  await expect.poll(() => redis.connected, { timeout: 20_000 }).toBe(true);
  await expect
    .poll(
      async () => {
        await redis.publish('news', 'found');
        return heard;
      },
      { timeout: 20_000 },
    )
    .toContain('found');
  expect(unhandled).toEqual([]);
});

test.each([
  ['text', address('a', 'b')],
  ['nothing', list()],
  ['too little', list(':1\r\n')],
])(
  'one that calls itself the primary counts nothing, whatever it answers: %s',
  async (_, other) => {
    const server = await startServer();
    const sentinel = await startSentinel(says(''));
    sentinel.answer = (command, { localPort }) =>
      command.includes('get-master') ? address('127.0.0.1', String(localPort)) : other;
    const redis = connect([sentinel.url]);
    const seen = new SeenBuckets(10);
    const options = { redis, seen, prefix: 'p:' };
    const modes: string[] = [];
    const store = new SharedStore({
      ...options,
      store: new RedisStore(options),
      whenGone: 'closed',
      settleMs: 0,
      onChange: ({ mode }) => modes.push(mode),
    });
    cleanUp.push(() => store.close());
    await expect.poll(() => redis.connected).toBe(true);
    const before = sentinel.connections;
    // It is left for good only if it is found out, and then asked again.
    await expect.poll(() => sentinel.connections, { timeout: 20_000 }).toBeGreaterThan(before);
    expect(store.status).toMatchObject({ mode: 'closed' });
    expect(modes).toEqual([]);
    sentinel.answer = truth(server);
    await store.ready();
    const limit = createRateLimit('caller', 'caller', { requests: 1, perMs: 86_400_000, burst: 1 });
    const claims = [{ limit, bucket: createBucketName(limit, 'caller'), cost: 1 }];
    expect([await store.take(claims), await store.take(claims)]).toMatchObject([
      { admitted: true },
      { admitted: false },
    ]);
    expect(modes).toEqual(['shared']);
    expect(unhandled).toEqual([]);
  },
);

test.each(Object.keys(LIES))('one that says %s beside one that tells the truth', async (name) => {
  const [server, lie] = await Promise.all([startServer(), LIES[name]?.()]);
  const [liar, honest] = [await startSentinel(lie ?? says('')), await startSentinel(says(''))];
  honest.answer = truth(server);
  const redis = connect([liar.url, honest.url]);
  await expect.poll(() => redis.connected, { timeout: 20_000 }).toBe(true);
  expect(unhandled).toEqual([]);
});
