import { createRemoteJWKSet, jwtVerify } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { arrivalOf, type Backends, startBackends } from '../support/backends.ts';
import type { GatewayProcess } from '../support/gateway.ts';
import { getQuery } from '../support/request.ts';
import { STOCK_LINKS } from '../support/stock-links.ts';
import { type JwksServer, startJwksServer } from './support/jwks-server.ts';
import { bearer, GET_QUOTE, LIST, login, startSecuredGateway } from './support/secured-gateway.ts';
import { createTestKey } from './support/test-issuer.ts';

/** What backends learn of the caller, and what no caller can make them believe. */

let backends: Backends;
let jwks: JwksServer;
const gateways: GatewayProcess[] = [];

/** By how the upstream is told: `metadata`, `token`, `none`, and with the caller's own token. */
let byRule: Readonly<Record<string, GatewayProcess>>;

beforeAll(async () => {
  jwks = await startJwksServer([await createTestKey('ES256', 'k1')]);
  backends = await startBackends();
  const start = async (market: Record<string, string | boolean>) => {
    const gateway = await startSecuredGateway(backends, jwks.url, {
      auth: { toBackend: { market } },
    });
    gateways.push(gateway);
    return gateway;
  };
  byRule = {
    metadata: await start({ identity: 'metadata' }),
    token: await start({ identity: 'token', forwardToken: true }),
    none: await start({ identity: 'none' }),
  };
});

afterAll(async () => {
  for (const gateway of gateways) expect(await gateway.stop()).toBe(0);
  await backends.stop();
  await jwks.close();
});

function gatewayOf(rule: string): GatewayProcess {
  const gateway = byRule[rule];
  if (gateway === undefined) throw new Error(`no gateway with ${rule}`);
  return gateway;
}

/** What the backend saw of a query made with these headers. */
async function arrived(rule: string, headers: Readonly<Record<string, string>>) {
  const tag = crypto.randomUUID();
  const answer = await getQuery(
    gatewayOf(rule).trpcUrl,
    GET_QUOTE,
    { symbol: 'AAPL' },
    { 'x-test-tag': tag, ...headers },
  );
  expect(answer.status).toBe(200);
  return (await arrivalOf(backends.market, tag)).metadata;
}

test('plain metadata names the verified caller', async () => {
  const { accessToken } = await login(gatewayOf('metadata'), 'ada');
  const metadata = await arrived('metadata', bearer(accessToken));
  expect(metadata).toMatchObject({
    'x-weir-subject': ['ada'],
    'x-weir-issuer': ['weir'],
    'x-weir-roles': ['trader'],
  });
  expect(metadata).not.toHaveProperty('authorization');
});

test('an identity token verifies with the published keys, and the own token goes along', async () => {
  const gateway = gatewayOf('token');
  const { accessToken } = await login(gateway, 'ada');
  const metadata = await arrived('token', bearer(accessToken));
  const keys = createRemoteJWKSet(new URL(`${gateway.url}/.well-known/jwks.json`));
  const { payload } = await jwtVerify(metadata['x-weir-identity']?.[0] ?? '', keys, {
    issuer: 'weir',
    audience: 'market',
    typ: 'weir-identity+jwt',
  });
  expect(payload).toMatchObject({ sub: 'ada', roles: ['trader'], idp: 'weir' });
  expect(metadata.authorization).toEqual([`Bearer ${accessToken}`]);
});

test('an identity token is no key to the gateway', async () => {
  const { accessToken } = await login(gatewayOf('token'), 'ada');
  const metadata = await arrived('token', bearer(accessToken));
  const stolen = metadata['x-weir-identity']?.[0] ?? '';
  const answer = await getQuery(gatewayOf('token').trpcUrl, LIST, {}, bearer(stolen));
  expect(answer.status).toBe(401);
});

test('an answer that is kept for everybody is asked for in nobody’s name', async () => {
  const gateway = gatewayOf('metadata');
  const { accessToken } = await login(gateway, 'ada');
  const answer = await getQuery(gateway.trpcUrl, LIST, {}, bearer(accessToken));
  expect(answer.status).toBe(200);
  const { child } = backends.market;
  const asked = await child.waitFor(
    'the listing',
    ({ event, method }) => event === 'call' && method === '/market.v1.QuoteService/ListInstruments',
  );
  expect(JSON.stringify(asked)).not.toContain('x-weir-');
});

const FORGED: Readonly<Record<string, string>> = {
  'x-weir-subject': 'admin',
  'x-weir-issuer': 'weir',
  'x-weir-roles': 'admin',
  'x-weir-identity': 'eyJhbGciOiJub25lIn0.e30.',
  'x-weir-anything': 'admin',
  'x-forwarded-user': 'admin',
  'x-forwarded-for': '127.0.0.1',
  'x-real-ip': '127.0.0.1',
  'x-remote-user': 'admin',
  'x-auth-request-user': 'admin',
  'x-user-id': 'admin',
  'x-envoy-peer-metadata': 'admin',
  'x-amzn-oidc-identity': 'admin',
  'x-goog-authenticated-user-email': 'admin',
  'x-ms-client-principal': 'admin',
  forwarded: 'for=127.0.0.1',
  'x-csrf-token': 'x',
  'grpc-trace-bin': 'AAAA',
};

test.each(['metadata', 'token', 'none'])(
  'with %s, whoever forges every internal header reaches the backend as nobody',
  async (rule) => {
    const metadata = await arrived(rule, FORGED);
    expect(Object.keys(FORGED).filter((name) => name in metadata)).toEqual([]);
  },
);

test.each(['metadata', 'token', 'none'])(
  'with %s, a viewer who forges them is still a viewer',
  async (rule) => {
    const { accessToken } = await login(gatewayOf(rule), 'vera');
    const metadata = await arrived(rule, { ...FORGED, ...bearer(accessToken) });
    expect(JSON.stringify(metadata)).not.toContain('admin');
    const refused = await getQuery(
      gatewayOf(rule).trpcUrl,
      LIST,
      {},
      {
        ...FORGED,
        ...bearer(accessToken),
      },
    );
    expect(refused.status).toBe(403);
  },
);

test('connectionParams forge no more than headers do', async () => {
  const link = STOCK_LINKS.find(({ name }) => name === 'wsLink');
  const tag = crypto.randomUUID();
  const stock = link?.connect(gatewayOf('metadata'), { ...FORGED, 'x-test-tag': tag });
  await stock?.client.query(GET_QUOTE, { symbol: 'AAPL' });
  await stock?.close();
  const { metadata } = await arrivalOf(backends.market, tag);
  expect(Object.keys(FORGED).filter((name) => name in metadata)).toEqual([]);
});

test.each(['x-weir-subject', 'authorization', 'cookie', 'x-forwarded-user'])(
  'a list that lets %s through is refused at the start',
  async (name) => {
    const attempt = startSecuredGateway(backends, jwks.url, { metadata: { request: [name] } });
    await expect(attempt).rejects.toThrow(/could forge/);
  },
);
