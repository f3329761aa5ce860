import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { RENEW_PATH } from '../../src/procedures/renew-procedure.ts';
import { type Backends, startBackends } from '../support/backends.ts';
import type { ConfigTree, GatewayProcess } from '../support/gateway.ts';
import { type Answer, getQuery } from '../support/request.ts';
import { STOCK_LINKS, type StockClient } from '../support/stock-links.ts';
import { type JwksServer, startJwksServer } from './support/jwks-server.ts';
import {
  bearer,
  codeAndReason,
  GET_QUOTE,
  LIST,
  postAuth,
  startSecuredGateway,
} from './support/secured-gateway.ts';
import { createTestKey, signToken, type TestKey } from './support/test-issuer.ts';

/** Whoever shows one wrong credential after the other is not looked at any more. */

const MAX_FAILURES = 3;

let backends: Backends;
let jwks: JwksServer;
let key: TestKey;
let stranger: TestKey;
let gateway: GatewayProcess;

beforeAll(async () => {
  key = await createTestKey('ES256', 'k1');
  // Its tokens name the issuer's key and are signed with another.
  stranger = await createTestKey('ES256', 'k1');
  jwks = await startJwksServer([key]);
  backends = await startBackends();
});

beforeEach(() => restart({}));

async function restart(changes: ConfigTree): Promise<void> {
  await gateway?.stop();
  gateway = await startSecuredGateway(backends, jwks.url, {
    auth: { failures: { perAddress: MAX_FAILURES, window: '1h' } },
    ...changes,
  });
}

afterEach(async () => {
  expect(await gateway.stop()).toBe(0);
});

afterAll(async () => {
  await backends.stop();
  await jwks.close();
});

const sign = (claims: object = {}, signer = key) =>
  signToken(signer, { claims: { roles: ['trader'], ...claims } }, Date.now());
const ask = (headers: Readonly<Record<string, string>>, path = GET_QUOTE) =>
  getQuery(gateway.trpcUrl, path, path === LIST ? {} : { symbol: 'AAPL' }, headers);

async function guess(times: number): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (let time = 0; time < times; time += 1)
    answers.push(await ask(bearer(await sign({}, stranger))));
  return answers;
}

function connect(name: string, headers: Readonly<Record<string, string>>): StockClient {
  const link = STOCK_LINKS.find((each) => each.name === name);
  if (link === undefined) throw new Error(`no link ${name}`);
  return link.connect(gateway, headers);
}

const TOO_MANY = {
  error: {
    message: 'Too many failed attempts to authenticate came from your address.',
    data: {
      code: 'TOO_MANY_REQUESTS',
      retryAfterMs: expect.closeTo(3_600_000, -5),
      grpc: { code: 'RESOURCE_EXHAUSTED', details: [{ reason: 'TOO_MANY_FAILURES' }] },
    },
  },
};

test('after as many failures as it may have, an address is refused without a look', async () => {
  const answers = await guess(MAX_FAILURES + 1);
  expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 429]);
  const last = answers[MAX_FAILURES];
  expect(last?.body).toMatchObject(TOO_MANY);
  expect(last?.headers.get('retry-after')).toBe('3600');
  // Not even a good token is tried, for trying is what costs.
  expect(await ask(bearer(await sign()))).toMatchObject({ status: 429, body: TOO_MANY });
});

test('a token that served before serves on, and so do callers without one', async () => {
  const known = await sign();
  expect((await ask(bearer(known), LIST)).status).toBe(200);
  await guess(MAX_FAILURES + 1);
  expect((await ask(bearer(known), LIST)).status).toBe(200);
  expect((await ask({})).status).toBe(200);
});

test('expired tokens are no guesses', async () => {
  const expired = await sign({ exp: Date.now() / 1000 - 60 });
  for (let time = 0; time <= MAX_FAILURES; time += 1) {
    expect((await ask(bearer(expired))).status).toBe(401);
  }
  expect((await ask(bearer(await sign()), LIST)).status).toBe(200);
});

test.each<[what: string, headers: Readonly<Record<string, string>>]>([
  ['an API key', { 'x-api-key': 'weir_batch_x' }],
  ['a ticket', { ticket: 'x' }],
  ['a malformed token', { authorization: 'Bearer x' }],
])('%s that is wrong counts', async (_, headers) => {
  const statuses: number[] = [];
  for (let time = 0; time <= MAX_FAILURES; time += 1) statuses.push((await ask(headers)).status);
  expect(statuses.slice(0, MAX_FAILURES)).toEqual([401, 401, 401]);
  expect((await ask(bearer(await sign()))).status).toBe(429);
});

test('refresh tokens are guesses as well, and are refused with the rest', async () => {
  const refresh = () => postAuth(gateway, 'refresh', { refreshToken: `${crypto.randomUUID()}.x` });
  const statuses: number[] = [];
  for (let time = 0; time <= MAX_FAILURES; time += 1) statuses.push((await refresh()).status);
  expect(statuses).toEqual([401, 401, 401, 429]);
  expect((await ask(bearer(await sign()))).status).toBe(429);
});

describe('renewing over a WebSocket', () => {
  test('wrong tokens count', async () => {
    const { client, close } = connect('wsLink', {});
    const reasons: string[] = [];
    for (let time = 0; time <= MAX_FAILURES; time += 1) {
      const token = await sign({}, stranger);
      await client
        .mutation(RENEW_PATH, { token })
        .catch((error: { readonly data?: unknown }) => reasons.push(codeAndReason(error)));
    }
    await close();
    expect(reasons).toEqual([
      'UNAUTHORIZED TOKEN_SIGNATURE_WRONG',
      'UNAUTHORIZED TOKEN_SIGNATURE_WRONG',
      'UNAUTHORIZED TOKEN_SIGNATURE_WRONG',
      'TOO_MANY_REQUESTS TOO_MANY_FAILURES',
    ]);
  });

  test('counts against the limits of its address', async () => {
    await restart({
      rateLimits: { methods: { [RENEW_PATH]: { requests: 2, per: '1h', key: 'ip' } } },
    });
    const { client, close } = connect('wsLink', bearer(await sign()));
    const token = await sign({ jti: 'newer' });
    await client.mutation(RENEW_PATH, { token });
    await client.mutation(RENEW_PATH, { token });
    await expect(client.mutation(RENEW_PATH, { token })).rejects.toMatchObject({
      data: { code: 'TOO_MANY_REQUESTS', retryAfterMs: expect.any(Number) },
    });
    await close();
  });
});
