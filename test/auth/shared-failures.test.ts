import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Backends, startBackends } from '../support/backends.ts';
import type { GatewayProcess } from '../support/gateway.ts';
import { scrape, valueOn } from '../support/metrics-page.ts';
import { type RedisServer, startRedisServer } from '../support/redis-server.ts';
import { getQuery } from '../support/request.ts';
import { type JwksServer, startJwksServer } from './support/jwks-server.ts';
import { bearer, LIST, startSecuredGateway } from './support/secured-gateway.ts';
import { createTestKey, signToken, type TestKey } from './support/test-issuer.ts';

/** Who guesses at one gateway after the other is counted by all of them together. */

let redis: RedisServer;
let backends: Backends;
let jwks: JwksServer;
let key: TestKey;
let stranger: TestKey;
let gateways: readonly GatewayProcess[];

beforeAll(async () => {
  key = await createTestKey('ES256', 'k1');
  stranger = await createTestKey('ES256', 'k1');
  [redis, jwks, backends] = await Promise.all([
    startRedisServer(),
    startJwksServer([key]),
    startBackends(),
  ]);
  const changes = {
    redis: { urls: [redis.url], timeout: '1s' },
    auth: { failures: { perAddress: 3, window: '1h' } },
  };
  gateways = await Promise.all([1, 2].map(() => startSecuredGateway(backends, jwks.url, changes)));
});

afterAll(async () => {
  expect(await Promise.all(gateways.map((gateway) => gateway.stop()))).toEqual([0, 0]);
  await Promise.all([backends.stop(), jwks.close(), redis.kill()]);
});

async function statusOf({ trpcUrl }: GatewayProcess, signer: TestKey, jti: string) {
  const token = await signToken(signer, { claims: { roles: ['trader'], jti } }, Date.now());
  return (await getQuery(trpcUrl, LIST, {}, bearer(token))).status;
}

test('the third failure at either gateway is the last that is looked at there', async () => {
  const [one, two] = gateways;
  if (one === undefined || two === undefined) throw new Error('no gateways');
  expect(await statusOf(one, stranger, 'a')).toBe(401);
  expect(await statusOf(one, stranger, 'b')).toBe(401);
  expect(await statusOf(two, stranger, 'c')).toBe(401);
  let newer = 0;
  const goodTokenAt = (gateway: GatewayProcess) => () => statusOf(gateway, key, `${newer++}`);
  await expect.poll(goodTokenAt(two), { timeout: 10_000 }).toBe(429);
  // The other one has seen two, and hears of the rest with its next.
  expect(await statusOf(one, stranger, 'd')).toBe(401);
  await expect.poll(goodTokenAt(one), { timeout: 10_000 }).toBe(429);
  const page = await scrape(`${one.url}/metrics`);
  expect(valueOn(page, 'weir_redis_connected', { use: 'auth' })).toBe(1);
  expect(valueOn(page, 'weir_redis_command_duration_seconds_count', { use: 'auth' })).toBe(3);
});
