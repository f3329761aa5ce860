import { afterEach, expect, test, vi } from 'vitest';
import { startBackends } from '../support/backends.ts';
import { type GatewayProcess, startGateway } from '../support/gateway.ts';
import { startWatchedRedis, type WatchedRedis } from '../support/redis-sentinel.ts';
import { getQuery, request } from '../support/request.ts';
import { LimiterGateways, rate } from './limiter-gateways.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

/** The primary dies under load, a sentinel promotes its replica, and gateways find it by asking. */

let redis: WatchedRedis | undefined;
let gateways: LimiterGateways | undefined;

afterEach(async () => {
  gateways?.kill();
  await redis?.stop();
});

const enough = rate.burst + rate.requests;

test.each([
  { leased: false, whenGone: 'closed' },
  { leased: true, whenGone: 'closed' },
  { leased: false, whenGone: 'local' },
] as const)(
  'gateways admit no more than they may and keep nobody waiting: $whenGone, leased $leased',
  async ({ leased, whenGone }) => {
    redis = await startWatchedRedis();
    const { servers, primary } = redis;
    gateways = await LimiterGateways.start({ leased, whenGone, servers, settleMs: 1_000 });
    await gateways.eachKnowsAll();
    await gateways.admit(enough);
    await primary.kill();
    await gateways.eachIs(whenGone);
    await gateways.eachIs('shared');
    await gateways.admit(enough);
    const { admittedAt, allowed, unseen, reports } = await gateways.stop();
    expect(admittedAt.length).toBeLessThanOrEqual(allowed + unseen);
    for (const { slowestMs, heldUpMs } of reports) {
      expect(slowestMs - heldUpMs).toBeLessThan(50);
    }
  },
);

const USED_UP = 'market.v1.quoteService.getQuote';
const OPEN = 'market.v1.quoteService.listInstruments';

test('whole gateways answer on through it, and forget no limit that was used up', async () => {
  const watched = await startWatchedRedis();
  redis = watched;
  const backends = await startBackends();
  const config = {
    redis: watched.servers,
    rateLimits: {
      store: 'redis',
      gateway: { requests: 100_000, per: '1s' },
      methods: { [USED_UP]: { requests: 10, per: '1h', key: 'ip' } },
    },
  };
  const two = [await startGateway(backends, config), await startGateway(backends, config)];
  const eachIs = (mode: string) =>
    expect
      .poll(() => Promise.all(two.map(healthOf)), { timeout: 60_000 })
      .toMatchObject(two.map(() => ({ rateLimits: { mode } })));
  await eachIs('shared');
  const used: number[] = [];
  for (const { trpcUrl } of [...two, ...two, ...two, ...two, ...two, ...two]) {
    used.push((await getQuery(trpcUrl, USED_UP, { symbol: 'AAPL' })).status);
  }
  expect(used).toEqual([...Array<number>(10).fill(200), 429, 429]);

  let stopped = false;
  const statuses = new Set<string>();
  let slowestMs = 0;
  let calls = 0;
  async function load({ trpcUrl }: GatewayProcess): Promise<void> {
    while (!stopped) {
      const from = performance.now();
      // Another page each time, or the cache would answer.
      const open = await getQuery(trpcUrl, OPEN, { pageSize: 1 + (calls % 90) });
      slowestMs = Math.max(slowestMs, performance.now() - from);
      const over = await getQuery(trpcUrl, USED_UP, { symbol: 'AAPL' });
      statuses.add(`${open.status} ${over.status}`);
      calls += 1;
    }
  }
  const running = Promise.all(two.map(load));
  await watched.primary.kill();
  await eachIs('local');
  await eachIs('shared');
  const before = calls;
  await expect.poll(() => calls, { timeout: 30_000 }).toBeGreaterThan(before + 20);
  stopped = true;
  await running;
  expect([...statuses]).toEqual(['200 429']);
  // The sentinel alone takes half a second to notice, and the gateways one more to agree.
  expect(slowestMs).toBeLessThan(1_000);
  expect(await Promise.all(two.map((gateway) => gateway.stop()))).toEqual([0, 0]);
  await backends.stop();
});

async function healthOf({ url }: GatewayProcess): Promise<unknown> {
  const { body } = await request(`${url}/health`);
  return body;
}
