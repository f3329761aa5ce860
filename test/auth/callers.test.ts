import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Backends, startBackends } from '../support/backends.ts';
import type { GatewayProcess } from '../support/gateway.ts';
import { startCall } from '../support/stock-call.ts';
import { STOCK_LINKS, type StockClient, type StockLink } from '../support/stock-links.ts';
import { type JwksServer, startJwksServer } from './support/jwks-server.ts';
import {
  bearer,
  codeAndReason,
  GET_QUOTE,
  LIST,
  login,
  PLACE,
  postAuth,
  startSecuredGateway,
  WATCH,
} from './support/secured-gateway.ts';
import { createTestKey, signToken, type TestKey, type TokenParts } from './support/test-issuer.ts';

/** Who gets in and who does not, by every stock link. */

let backends: Backends;
let jwks: JwksServer;
let gateway: GatewayProcess;
let key: TestKey;

beforeAll(async () => {
  key = await createTestKey('ES256', 'k1');
  jwks = await startJwksServer([key]);
  backends = await startBackends();
  gateway = await startSecuredGateway(backends, jwks.url);
});

afterAll(async () => {
  expect(await gateway.stop()).toBe(0);
  await backends.stop();
  await jwks.close();
});

const sign = (parts: TokenParts, signer: TestKey = key) => signToken(signer, parts, Date.now());
const trader = (claims: object = {}): TokenParts => ({ claims: { roles: ['trader'], ...claims } });
const seconds = () => Date.now() / 1000;

async function revoked(): Promise<string> {
  const { accessToken } = await login(gateway, 'ada');
  const answer = await postAuth(gateway, 'logout', {}, bearer(accessToken));
  expect(answer.status).toBe(204);
  return accessToken;
}

const CALLERS: readonly [
  who: string,
  headers: () => Promise<Readonly<Record<string, string>>>,
  outcome: string,
][] = [
  ['a trader', async () => bearer(await sign(trader())), 'served'],
  ['a trader of our own', async () => bearer((await login(gateway, 'ada')).accessToken), 'served'],
  ['nobody', async () => ({}), 'UNAUTHORIZED CREDENTIALS_MISSING'],
  [
    'a malformed header',
    async () => ({ authorization: 'Token abc' }),
    'UNAUTHORIZED CREDENTIALS_MALFORMED',
  ],
  ['a malformed token', async () => bearer('abc.def'), 'UNAUTHORIZED TOKEN_MALFORMED'],
  [
    'an expired token',
    async () => bearer(await sign(trader({ exp: seconds() - 1 }))),
    'UNAUTHORIZED TOKEN_EXPIRED',
  ],
  [
    'a token of tomorrow',
    async () => bearer(await sign(trader({ nbf: seconds() + 60 }))),
    'UNAUTHORIZED TOKEN_NOT_YET_VALID',
  ],
  [
    'a wrong issuer',
    async () => bearer(await sign(trader({ iss: 'https://evil.example' }))),
    'UNAUTHORIZED TOKEN_ISSUER_UNKNOWN',
  ],
  [
    'a wrong audience',
    async () => bearer(await sign(trader({ aud: 'payroll' }))),
    'UNAUTHORIZED TOKEN_AUDIENCE_WRONG',
  ],
  [
    'a wrong key',
    async () => bearer(await sign(trader(), await createTestKey('ES256', 'k1'))),
    'UNAUTHORIZED TOKEN_SIGNATURE_WRONG',
  ],
  ['a revoked token', async () => bearer(await revoked()), 'UNAUTHORIZED TOKEN_REVOKED'],
  [
    'a wrong role',
    async () => bearer((await login(gateway, 'vera')).accessToken),
    'FORBIDDEN ROLE_MISSING',
  ],
];

const CALLS = { query: LIST, subscription: WATCH, mutation: PLACE } as const;
const INPUTS = {
  query: {},
  subscription: { symbols: ['AAPL'] },
  mutation: { symbol: 'AAPL', side: 'SIDE_BUY', quantity: 1, market: {} },
};

async function outcomeOf(stock: StockClient, type: keyof typeof CALLS): Promise<string> {
  const input = { ...INPUTS[type], clientOrderId: crypto.randomUUID() };
  const { clientOrderId: _id, ...withoutId } = input;
  const call = startCall(stock, type, CALLS[type], type === 'mutation' ? input : withoutId);
  const outcome = await Promise.race([
    call.first.then(
      () => 'served',
      () => call.failure.then(codeAndReason),
    ),
    call.failure.then(codeAndReason),
  ]);
  call.cancel();
  return outcome;
}

describe.each(STOCK_LINKS.map((link): [string, StockLink] => [link.name, link]))(
  'over %s',
  (_name, link) => {
    test.each(CALLERS)('%s', async (_who, headers, outcome) => {
      const stock = link.connect(gateway, await headers());
      const outcomes = await Promise.all(link.carries.map((type) => outcomeOf(stock, type)));
      await stock.close();
      expect(new Set(outcomes)).toEqual(new Set([outcome]));
    });
  },
);

test('one forbidden call inside a good batch fails alone', async () => {
  const { accessToken } = await login(gateway, 'vera');
  const inputs = JSON.stringify({ 0: { symbol: 'AAPL' }, 1: {}, 2: { symbol: 'MSFT' } });
  const answer = await fetch(
    `${gateway.trpcUrl}/${GET_QUOTE},${LIST},${GET_QUOTE}?batch=1&input=${encodeURIComponent(inputs)}`,
    { headers: bearer(accessToken) },
  );
  expect(answer.status).toBe(207);
  expect(await answer.json()).toMatchObject([
    { result: { data: { symbol: 'AAPL' } } },
    { error: { data: { code: 'FORBIDDEN', httpStatus: 403 } } },
    { result: { data: { symbol: 'MSFT' } } },
  ]);
});

test.each(
  STOCK_LINKS.filter(({ carries }) => carries.includes('query')).map(
    (link): [string, StockLink] => [link.name, link],
  ),
)('%s: a public method needs nobody', async (_name, link) => {
  const stock = link.connect(gateway, {});
  await expect(stock.client.query(GET_QUOTE, { symbol: 'AAPL' })).resolves.toMatchObject({
    symbol: 'AAPL',
  });
  await stock.close();
});

test('a ticket opens one stream, and no second', async () => {
  const { accessToken } = await login(gateway, 'ada');
  const answer = await postAuth(gateway, 'ticket', {}, bearer(accessToken));
  const ticket = /"ticket":"([\w-]+)"/.exec(await answer.text())?.[1] ?? '';
  const sse = STOCK_LINKS.find(({ name }) => name === 'httpSubscriptionLink');
  const open = () => sse?.connect(gateway, { ticket }) ?? Promise.reject(new Error('no link'));
  expect(await outcomeOf(await open(), 'subscription')).toBe('served');
  expect(await outcomeOf(await open(), 'subscription')).toBe('UNAUTHORIZED TICKET_WRONG');
});

test('the log shows no token, whoever called', () => {
  const log = gateway.child.lines.map((line) => JSON.stringify(line)).join('\n');
  expect(log).not.toMatch(/eyJ[\w-]+\./);
});
