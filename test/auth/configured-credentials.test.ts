import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApiKey } from '../../src/auth/credentials/api-keys.ts';
import { type Backends, startBackends } from '../support/backends.ts';
import { type GatewayProcess, startGateway } from '../support/gateway.ts';
import { getQuery, postMutation } from '../support/request.ts';
import { PLACE } from './support/secured-gateway.ts';

/** Callers whose credentials stand in the configuration: services with API keys, and a shared secret. */

const GET_ORDER = 'orders.v1.orderService.getOrder';
const SECRET = 'a secret that issuer and gateway share, long enough for SHA-256';
const feed = createApiKey('feed');
const old = createApiKey('old');
let backends: Backends;
let gateway: GatewayProcess;

beforeAll(async () => {
  backends = await startBackends();
  gateway = await startGateway(backends, {
    auth: {
      mode: 'on',
      issuers: [
        {
          issuer: 'legacy',
          audiences: ['weir'],
          algorithms: ['HS256'],
          keys: { secret: SECRET },
          rolesClaim: 'groups',
          roleNames: { dealers: 'trader' },
        },
      ],
      apiKeys: [
        { id: 'feed', digest: feed.digest, subject: 'feed', roles: ['trader'] },
        {
          id: 'old',
          digest: old.digest,
          subject: 'old',
          roles: ['trader'],
          expires: '2026-01-01T00:00:00Z',
        },
      ],
      access: { 'orders.v1.OrderService/PlaceOrder': { permissions: ['orders:write'] } },
    },
  });
});

afterAll(async () => {
  expect(await gateway.stop()).toBe(0);
  await backends.stop();
});

/** A JWT as a service without any library would make it. */
function sharedSecretToken(claims: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const exp = Math.floor(Date.now() / 1000) + 60;
  const body = { iss: 'legacy', aud: 'weir', sub: 'dealer-1', exp, ...claims };
  const signed = `${part({ alg: 'HS256' })}.${part(body)}`;
  return `${signed}.${createHmac('sha256', SECRET).update(signed).digest('base64url')}`;
}

const withToken = (claims: object) => ({ authorization: `Bearer ${sharedSecretToken(claims)}` });

test.each([
  ['a key of a trader', { 'x-api-key': feed.key }, 404],
  ['a key past its end', { 'x-api-key': old.key }, 401],
  ['a key with another secret', { 'x-api-key': createApiKey('feed').key }, 401],
  ['the stored digest', { 'x-api-key': feed.digest }, 401],
  ['a token with the group', withToken({ groups: ['dealers'] }), 404],
  ['a token that names our role in place of its group', withToken({ groups: ['trader'] }), 403],
])('%s', async (_what, headers, status) => {
  const { status: answered } = await getQuery(
    gateway.trpcUrl,
    GET_ORDER,
    { orderId: '1' },
    headers,
  );
  expect(answered).toBe(status);
});

test.each([
  ['all permissions', { scope: 'orders:read orders:write' }, 200],
  ['another permission', { scope: 'orders:read' }, 403],
  [
    'the role that the contract asks for, which the deployment replaced',
    { groups: ['dealers'] },
    403,
  ],
])('a method under a permission, with %s', async (_what, claims, status) => {
  const order = {
    clientOrderId: crypto.randomUUID(),
    symbol: 'AAPL',
    side: 'SIDE_BUY',
    quantity: 1,
    market: {},
  };
  const { status: answered } = await postMutation(gateway.trpcUrl, PLACE, order, withToken(claims));
  expect(answered).toBe(status);
});
