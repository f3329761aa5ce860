import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Backends, startBackends } from '../support/backends.ts';
import type { GatewayProcess } from '../support/gateway.ts';
import { getQuery } from '../support/request.ts';
import { type JwksServer, startJwksServer } from './support/jwks-server.ts';
import { bearer, LIST, startSecuredGateway } from './support/secured-gateway.ts';
import { AUDIENCE, createTestKey, ISSUER, signToken, type TestKey } from './support/test-issuer.ts';

/** An issuer outside that changes its keys, and one that cannot be reached. */

let backends: Backends;
let jwks: JwksServer;
let gateway: GatewayProcess;
let first: TestKey;
let second: TestKey;

beforeAll(async () => {
  [first, second] = [await createTestKey('ES256', 'k1'), await createTestKey('ES256', 'k2')];
  jwks = await startJwksServer([first]);
  backends = await startBackends();
  gateway = await startSecuredGateway(backends, jwks.url);
});

afterAll(async () => {
  expect(await gateway.stop()).toBe(0);
  await backends.stop();
  await jwks.close();
});

let tokens = 0;
const sign = (key: TestKey) =>
  signToken(key, { claims: { roles: ['trader'], jti: `t${tokens++}` } }, Date.now());
const statusWith = async (key: TestKey, on = gateway) =>
  (await getQuery(on.trpcUrl, LIST, {}, bearer(await sign(key)))).status;

test('keys rotated under load fail no call and are read once more', async () => {
  expect(await statusWith(first)).toBe(200);
  expect(jwks.requests).toBe(1);
  jwks.keys = [first, second];
  const statuses = await Promise.all(
    Array.from({ length: 100 }, (_, at) => statusWith(at % 2 === 0 ? first : second)),
  );
  expect(new Set(statuses)).toEqual(new Set([200]));
  expect(jwks.requests).toBe(2);
});

test('while the issuer is down its known keys serve on, and unknown ones are refused', async () => {
  jwks.down = true;
  expect(await statusWith(first)).toBe(200);
  expect(await statusWith(await createTestKey('ES256', 'k3'))).toBe(401);
  jwks.down = false;
});

test('an issuer that was down at the start is unavailable, and serves when it is back', async () => {
  jwks.down = true;
  const late = await startSecuredGateway(backends, jwks.url, {
    auth: {
      issuers: [
        {
          issuer: ISSUER,
          audiences: [AUDIENCE],
          algorithms: ['ES256'],
          keys: { url: jwks.url, cooldown: '100ms' },
        },
      ],
    },
  });
  expect(await statusWith(first, late)).toBe(503);
  jwks.down = false;
  await vi.waitFor(async () => expect(await statusWith(first, late)).toBe(200), {
    timeout: 5_000,
    interval: 50,
  });
  expect(await late.stop()).toBe(0);
});
