import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Backends, startBackends } from '../support/backends.ts';
import type { Line } from '../support/child.ts';
import { type GatewayProcess, startGateway } from '../support/gateway.ts';
import { findFreePort, type RedisServer, startRedisServer } from '../support/redis-server.ts';
import { getQuery, request } from '../support/request.ts';

const GET_QUOTE = 'market.v1.quoteService.getQuote';
const LIST = 'market.v1.quoteService.listInstruments';

let backends: Backends;
let redis: RedisServer;
let gateways: readonly GatewayProcess[];

beforeAll(async () => {
  [backends, redis] = await Promise.all([startBackends(), startRedisServer()]);
  const config = {
    redis: { urls: [redis.url] },
    rateLimits: {
      store: 'redis',
      methods: { [GET_QUOTE]: { requests: 10, per: '1h', key: 'ip' } },
    },
    cache: { shared: true },
  };
  gateways = await Promise.all([startGateway(backends, config), startGateway(backends, config)]);
});

afterAll(async () => {
  expect(await Promise.all(gateways.map((gateway) => gateway.stop()))).toEqual([0, 0]);
  await Promise.all([backends.stop(), redis.kill()]);
});

const limitsOf = async ({ url }: GatewayProcess) => {
  const { body } = await request(`${url}/health`);
  return body;
};

test('two gateways count together, and say so', async () => {
  for (const gateway of gateways) {
    expect(await limitsOf(gateway)).toMatchObject({ rateLimits: { mode: 'shared' } });
  }
  const statuses: number[] = [];
  for (let call = 0; call < 14; call += 1) {
    for (const { trpcUrl } of gateways) {
      statuses.push((await getQuery(trpcUrl, GET_QUOTE, { symbol: 'AAPL' })).status);
    }
  }
  expect(statuses.filter((status) => status === 200)).toHaveLength(10);
  expect(statuses.filter((status) => status === 429)).toHaveLength(18);
});

test('what one gateway fetched, the other gives', async () => {
  const [first, second] = gateways;
  if (first === undefined || second === undefined) throw new Error('no gateways');
  await getQuery(first.trpcUrl, LIST, { pageSize: 9 });
  const { headers } = await getQuery(second.trpcUrl, LIST, { pageSize: 9 });
  expect(headers.get('cache-status')).toBe('weir; hit');
});

test('without Redis limits hold from where they stood, and the health report tells', async () => {
  await redis.kill();
  for (const gateway of gateways) {
    await expect
      .poll(() => limitsOf(gateway))
      .toMatchObject({ status: 'degraded', rateLimits: { mode: 'local' } });
    const { status } = await getQuery(gateway.trpcUrl, GET_QUOTE, { symbol: 'AAPL' });
    expect(status).toBe(429);
    const line = await gateway.child.waitFor(
      'the change of mode',
      ({ msg, mode }) => msg === 'rate limits' && mode === 'local',
    );
    expect(line).toMatchObject({ level: 'warn' });
  }
  await redis.restart();
  for (const gateway of gateways) {
    await expect
      .poll(() => limitsOf(gateway), { timeout: 10_000 })
      .toMatchObject({ status: 'ok', rateLimits: { mode: 'shared' } });
    // The new server is empty; what the gateways saw of the old one is not forgotten.
    const { status } = await getQuery(gateway.trpcUrl, GET_QUOTE, { symbol: 'AAPL' });
    expect(status).toBe(429);
  }
});

const SECRET = 'only-for-gateways';
/** Of a test of its own. */
let lone: RedisServer | undefined;

/** A server that asks for a password, and its address with another. */
async function guarded(password: string): Promise<string> {
  lone = await startRedisServer('--requirepass', SECRET);
  return lone.url.replace('//', password === '' ? '//' : `//:${password}@`);
}

test.each([
  ['nobody is there', async () => `redis://127.0.0.1:${await findFreePort()}`, /ECONNREFUSED/],
  ['the password is wrong', async () => guarded('wrong'), /WRONGPASS/],
  ['it wants a password', async () => guarded(''), /NOAUTH/],
])('a gateway that starts where %s says so once', async (_, addressOf, reason) => {
  const gateway = await startGateway(backends, {
    redis: { urls: [await addressOf()] },
    rateLimits: { store: 'redis' },
  });
  try {
    const isTold = ({ msg }: Line) => msg === 'rate limits';
    const line = await gateway.child.waitFor('what is wrong', isTold);
    expect(line).toMatchObject({
      level: 'warn',
      mode: 'local',
      reason: expect.stringMatching(reason),
    });
    expect(JSON.stringify(line)).not.toContain(SECRET);
  } finally {
    await gateway.stop();
    await lone?.kill();
    lone = undefined;
  }
  expect(gateway.child.lines.filter(({ msg }) => msg === 'rate limits')).toHaveLength(1);
});
