import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Backends, startBackends } from '../support/backends.ts';
import type { GatewayProcess } from '../support/gateway.ts';
import { scrape, valueOn } from '../support/metrics-page.ts';
import { type RedisServer, startRedisServer } from '../support/redis-server.ts';
import { getQuery } from '../support/request.ts';
import { startCall } from '../support/stock-call.ts';
import { STOCK_LINKS } from '../support/stock-links.ts';
import { type JwksServer, startJwksServer } from './support/jwks-server.ts';
import {
  bearer,
  codeAndReason,
  LIST,
  login,
  postAuth,
  startSecuredGateway,
  WATCH,
} from './support/secured-gateway.ts';
import { createTestKey } from './support/test-issuer.ts';

/** Two gateways that share sessions, keys and revocations through Redis. */

let redis: RedisServer;
let backends: Backends;
let jwks: JwksServer;
let one: GatewayProcess;
let two: GatewayProcess;

beforeAll(async () => {
  redis = await startRedisServer();
  jwks = await startJwksServer([await createTestKey('ES256', 'k1')]);
  backends = await startBackends();
  const start = () =>
    startSecuredGateway(backends, jwks.url, {
      redis: { urls: [redis.url] },
      builtIn: { store: 'redis' },
    });
  [one, two] = await Promise.all([start(), start()]);
});

afterAll(async () => {
  expect(await one.stop()).toBe(0);
  expect(await two.stop()).toBe(0);
  await backends.stop();
  await jwks.close();
  await redis.kill();
});

const statusOn = async (gateway: GatewayProcess, token: string) =>
  (await getQuery(gateway.trpcUrl, LIST, {}, bearer(token))).status;

test('a token of one instance is good on the other, and so is its session', async () => {
  const { accessToken, refreshToken } = await login(one, 'ada');
  expect(await statusOn(two, accessToken)).toBe(200);
  expect((await postAuth(two, 'refresh', { refreshToken })).status).toBe(200);
  expect((await postAuth(one, 'refresh', { refreshToken })).status).toBe(401);
  await vi.waitFor(async () => expect(await statusOn(two, accessToken)).toBe(401));
});

test('the connection of sign-in to Redis is on the metrics page, beside that of calls', async () => {
  await login(one, 'ada');
  const page = await scrape(`${one.url}/metrics`);
  for (const use of ['auth', 'calls']) {
    expect([use, valueOn(page, 'weir_redis_connected', { use })]).toEqual([use, 1]);
  }
  const count = valueOn(page, 'weir_redis_command_duration_seconds_count', { use: 'auth' });
  expect(count).toBeGreaterThan(0);
});

test('a logout on one instance ends the streams of the other within a second', async () => {
  const { accessToken } = await login(one, 'ada');
  const link = STOCK_LINKS.find(({ name }) => name === 'wsLink');
  const stock = link?.connect(two, bearer(accessToken));
  if (stock === undefined) throw new Error('no wsLink');
  const call = startCall(stock, 'subscription', WATCH, { symbols: ['AAPL'] });
  await call.first;
  const started = performance.now();
  expect((await postAuth(one, 'logout', {}, bearer(accessToken))).status).toBe(204);
  expect(codeAndReason(await call.failure)).toBe('UNAUTHORIZED TOKEN_REVOKED');
  expect(performance.now() - started).toBeLessThan(1_000);
  await stock.close();
});

test('while Redis is away known tokens serve on and sessions are unavailable; then all is back', async () => {
  const kept = await login(one, 'ada');
  const ended = await login(one, 'ada');
  expect(await statusOn(one, kept.accessToken)).toBe(200);
  expect(await statusOn(two, kept.accessToken)).toBe(200);
  expect((await postAuth(one, 'logout', {}, bearer(ended.accessToken))).status).toBe(204);
  await vi.waitFor(async () => expect(await statusOn(two, ended.accessToken)).toBe(401));

  await redis.kill();
  expect(await statusOn(one, kept.accessToken)).toBe(200);
  expect(await statusOn(two, ended.accessToken)).toBe(401);
  const { refreshToken } = kept;
  expect((await postAuth(one, 'refresh', { refreshToken })).status).toBe(503);

  await redis.restart();
  await vi.waitFor(async () => expect(await login(two, 'ada')).toBeDefined(), { timeout: 10_000 });
  expect(await statusOn(one, ended.accessToken)).toBe(401);
  expect(await statusOn(two, ended.accessToken)).toBe(401);
});
