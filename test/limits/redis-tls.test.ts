import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { connectRedis } from '../../src/lib/redis/connect-redis.ts';
import type { Redis } from '../../src/lib/redis/redis.ts';
import type { RedisServers } from '../../src/lib/redis/redis-servers.ts';
import { portOf } from '../support/port-of.ts';
import { type RedisTls, startWatchedRedis, type WatchedRedis } from '../support/redis-sentinel.ts';
import { createCertificates } from '../wire/certificates.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

/** Servers and sentinels that speak TLS alone, and each ask for a password of their own. */

const TRUSTED = getCACertificates('default');
const folder = mkdtempSync(join(tmpdir(), 'weir-redis-tls-'));
const cleanUp: (() => unknown)[] = [];
let ca: string;
let watched: WatchedRedis;

beforeAll(async () => {
  const certificates = createCertificates();
  const write = (name: string, content: Buffer) => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  ca = certificates.ca.toString();
  const files: RedisTls = {
    certificate: write('server.crt', certificates.server.cert),
    key: write('server.key', certificates.server.key),
    ca: write('ca.crt', certificates.ca),
  };
  watched = await startWatchedRedis(files);
});

afterEach(async () => {
  setDefaultCACertificates(TRUSTED);
  for (const step of cleanUp.splice(0).reverse()) await step();
});

afterAll(async () => {
  await watched.stop();
  rmSync(folder, { recursive: true });
});

/** As `NODE_EXTRA_CA_CERTS` does. */
const trust = () => setDefaultCACertificates([...TRUSTED, ca]);

function connect(servers: RedisServers): Redis {
  const redis = connectRedis({ ...servers, timeoutMs: 5_000 });
  cleanUp.push(() => redis.close());
  return redis;
}

const connected = (redis: Redis) => new Promise<void>((resolve) => redis.onConnect(resolve));

/** Leads to the sentinel, and counts who comes. */
async function openRelay() {
  const [, url = ''] = watched.servers.sentinels;
  const { port, href } = new URL(url);
  const relay = { connections: 0, url: '' };
  const listener = createServer((inbound) => {
    relay.connections += 1;
    const outbound = createConnection(Number(port), '127.0.0.1');
    inbound.on('error', () => outbound.destroy()).on('close', () => outbound.destroy());
    outbound.on('error', () => inbound.destroy()).on('close', () => inbound.destroy());
    inbound.pipe(outbound).pipe(inbound);
  }).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  cleanUp.push(() => listener.close());
  relay.url = href.replace(port, String(portOf(listener)));
  return relay;
}

test('a server over TLS serves, and tells what is published', async () => {
  trust();
  const redis = connect({ urls: [watched.primary.url.replace('//', '//:serve@')] });
  const heard = new Promise<string>((resolve) => {
    redis.subscribe('news', {
      onMessage: resolve,
      onSubscribed: () => void connected(redis).then(() => redis.publish('news', 'heard')),
    });
  });
  await connected(redis);
  await redis.set('one', '1', 60_000);
  expect(await redis.get('one')).toBe('1');
  expect(await heard).toBe('heard');
});

test('sentinels whose certificate nobody vouches for are asked nothing', async () => {
  const relay = await openRelay();
  const redis = connect({ ...watched.servers, sentinels: [relay.url] });
  await expect.poll(() => relay.connections, { timeout: 30_000 }).toBeGreaterThan(3);
  expect(redis.connected).toBe(false);
  trust();
  await connected(redis);
});

test('sentinels over TLS lead to the primary, and to the replica that takes over', async () => {
  trust();
  const redis = connect(watched.servers);
  const heard: string[] = [];
  redis.subscribe('news', { onMessage: (message) => heard.push(message), onSubscribed: () => {} });
  await connected(redis);
  await redis.set('two', '2', 600_000);
  const first = await redis.serverId();
  await watched.primary.kill();
  await expect.poll(() => redis.serverId().catch(() => first), { timeout: 30_000 }).not.toBe(first);
  await expect
    .poll(
      async () => {
        await redis.publish('news', 'found').catch(() => {});
        return heard;
      },
      { timeout: 30_000 },
    )
    .toContain('found');
});
