import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import {
  createGateway,
  createLog,
  createLogDestination,
  loadConfig,
  ModuleLogs,
} from '../../src/index.ts';
import { type Backends, startBackends } from '../support/backends.ts';
import { startRedisCluster } from '../support/redis-cluster.ts';
import { startWatchedRedis } from '../support/redis-sentinel.ts';
import { type RedisServer, sendTo, startRedisServer } from '../support/redis-server.ts';
import { getQuery, request } from '../support/request.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

/**
 * What a Redis in trouble costs the calls of a whole gateway: no more than 50 ms. Answers come from the cache,
 * so that nothing else is waited for, and calls without a limit, made at the same time, tell what the machine
 * costs. The gateway runs in this process, which knows how long it was held up.
 */

const LIMITED = 'market.v1.quoteService.getQuote';
const UNLIMITED = 'market.v1.quoteService.listInstruments';
const CALLERS = 4;

const folder = mkdtempSync(join(tmpdir(), 'weir-waits-'));
const cleanUp: (() => unknown)[] = [];
let backends: Backends;

beforeAll(async () => {
  backends = await startBackends();
});

afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

afterAll(async () => {
  await backends.stop();
  rmSync(folder, { recursive: true });
});

async function serve(redis: object): Promise<string> {
  const file = join(folder, 'weir.yaml');
  const tree = {
    server: { port: 0 },
    contracts: [{ folder: join(import.meta.dirname, '..', '..', 'proto') }],
    upstreams: {
      market: { endpoints: [backends.market.address] },
      orders: { endpoints: [backends.orders.address] },
    },
    auth: { mode: 'off' },
    log: { level: 'silent' },
    redis,
    rateLimits: {
      store: 'redis',
      methods: { [LIMITED]: { requests: 1_000_000, per: '1s', key: 'ip' }, [UNLIMITED]: 'off' },
    },
    cache: {
      methods: {
        [LIMITED]: { ttl: '1h', scope: 'public' },
        [UNLIMITED]: { ttl: '1h', scope: 'public' },
      },
    },
  };
  writeFileSync(file, JSON.stringify(tree));
  const config = loadConfig(file, {});
  const destination = createLogDestination();
  const logs = new ModuleLogs(createLog(config.log, destination), config.log, destination);
  const gateway = await createGateway({ config, logs });
  cleanUp.push(() => gateway.close());
  return (await gateway.listen()).url;
}

const modeOf = async (url: string) => (await request(`${url}/health`)).body;

async function untilMode(url: string, mode: string): Promise<void> {
  await expect
    .poll(() => modeOf(url), { timeout: 60_000, interval: 10 })
    .toMatchObject({ rateLimits: { mode } });
}

interface Trouble {
  readonly redis: object;
  begin(): unknown;
  end(): unknown;
}

const TROUBLES: Record<string, () => Promise<Trouble>> = {
  'a server that hangs': async () => {
    const server = await startRedisServer();
    cleanUp.push(() => server.kill());
    const { url, pause, resume } = server;
    return { redis: { urls: [url] }, begin: pause, end: resume };
  },
  'a server that dies and comes back empty': async () => {
    const server = await startRedisServer();
    cleanUp.push(() => server.kill());
    return { redis: { urls: [server.url] }, begin: server.kill, end: server.restart };
  },
  'a primary that dies, whose replica takes over': async () => {
    const { servers, primary, stop } = await startWatchedRedis();
    cleanUp.push(stop);
    return { redis: servers, begin: primary.kill, end: () => {} };
  },
  'a node of a cluster that hangs, whose replica takes over': async () => {
    const cluster = await startRedisCluster();
    cleanUp.push(() => cluster.stop());
    // Whichever node has the one bucket of this test.
    const replicas: RedisServer[] = [];
    for (const index of cluster.nodes.keys()) {
      const replica = await cluster.replicate(index);
      await sendTo(replica, 'CONFIG SET cluster-replica-no-failover yes');
      replicas.push(replica);
    }
    const address = `${LIMIT_PREFIX}{a:127.0.0.1}callerMethod:${LIMITED}`;
    const slot = Number(
      /\d+/.exec(await sendTo(replicas[0] ?? fail(), `CLUSTER KEYSLOT ${address}`))?.[0],
    );
    const index = Math.floor(slot / (16_384 / 3));
    return {
      redis: { urls: cluster.urls },
      begin: () => cluster.nodes[index]?.pause(),
      end: () => sendTo(replicas[index] ?? fail(), 'CLUSTER FAILOVER TAKEOVER'),
    };
  },
};

const LIMIT_PREFIX = 'weir:limit:';

function fail(): never {
  throw new Error('no such node');
}

test.each(Object.entries(TROUBLES))('no call waits for %s', async (_, begin) => {
  const trouble = await begin();
  const url = await serve(trouble.redis);
  await untilMode(url, 'shared');
  const statuses = new Set<number>();
  const slowest = { [LIMITED]: 0, [UNLIMITED]: 0 };
  let calls = 0;
  let stopped = false;
  async function time(path: keyof typeof slowest, input: object): Promise<void> {
    const from = performance.now();
    statuses.add((await getQuery(`${url}/trpc`, path, input)).status);
    slowest[path] = Math.max(slowest[path] ?? 0, performance.now() - from);
    calls += 1;
  }
  const both = () =>
    Promise.all([time(LIMITED, { symbol: 'AAPL' }), time(UNLIMITED, { pageSize: 5 })]);
  async function call(): Promise<void> {
    while (!stopped) {
      await both();
      await pause(1);
    }
  }
  const served = async () => {
    const before = calls;
    await expect.poll(() => calls, { timeout: 30_000 }).toBeGreaterThan(before + 100);
  };
  // The first calls fetch what the cache then has, over connections that the rest then uses.
  await Promise.all(Array.from({ length: CALLERS }, both));
  slowest[LIMITED] = 0;
  slowest[UNLIMITED] = 0;

  const delays = monitorEventLoopDelay({ resolution: 1 });
  delays.enable();
  const running = Promise.all(Array.from({ length: CALLERS }, call));
  await served();
  await trouble.begin();
  await untilMode(url, 'local');
  await served();
  await trouble.end();
  await untilMode(url, 'shared');
  await served();
  stopped = true;
  await running;
  delays.disable();
  const ofTheMachine = Math.max(delays.max / 1e6, slowest[UNLIMITED] ?? 0);
  expect([...statuses]).toEqual([200]);
  expect((slowest[LIMITED] ?? 0) - ofTheMachine).toBeLessThan(50);
});
