import { SignJWT } from 'jose';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type Backends, startBackends } from '../support/backends.ts';
import { type ConfigTree, type GatewayProcess, startGateway } from '../support/gateway.ts';
import { type Answer, getQuery } from '../support/request.ts';

const GET_QUOTE = 'market.v1.quoteService.getQuote';
const LIST = 'market.v1.quoteService.listInstruments';

let backends: Backends;
let gateway: GatewayProcess;
/** Lines of the backend's report when the test began. */
let before = 0;

beforeAll(async () => {
  backends = await startBackends();
});

afterEach(async () => {
  expect(await gateway.stop()).toBe(0);
});

afterAll(() => backends.stop());

async function start(overrides: ConfigTree): Promise<void> {
  gateway = await startGateway(backends, overrides);
  before = backends.market.child.lines.length;
}

function ask(path: string, input: object, headers = {}): Promise<Answer> {
  return getQuery(gateway.trpcUrl, path, input, headers);
}

/** Calls of this test that reached the backend. */
function backendCalls(rpcPath: string) {
  const lines = backends.market.child.lines.slice(before);
  return lines.filter(({ event, method }) => event === 'call' && method === rpcPath);
}

const statusOf = ({ headers }: Answer) => headers.get('cache-status');

test('what the contract calls public is asked for once', async () => {
  await start({});
  const [first, second, other] = [
    await ask(LIST, { pageSize: 2 }),
    await ask(LIST, { pageSize: 2 }),
    await ask(LIST, { pageSize: 3 }),
  ];
  expect([first, second, other].map(statusOf)).toEqual([
    'weir; fwd=uri-miss; stored',
    'weir; hit',
    'weir; fwd=uri-miss; stored',
  ]);
  expect(second.body).toEqual(first.body);
  expect(second.headers.get('cache-control')).toMatch(/^public, max-age=2\d, stale-if-error=600$/);
  // Pages of other origins need other headers, and may come by the same cache.
  expect(second.headers.get('vary')).toBe('trpc-accept, accept, origin');
  expect(backendCalls('/market.v1.QuoteService/ListInstruments')).toHaveLength(2);
});

test('what the contract does not mention is never kept', async () => {
  await start({});
  const answers = [
    await ask(GET_QUOTE, { symbol: 'AAPL' }),
    await ask(GET_QUOTE, { symbol: 'AAPL' }),
  ];
  expect(answers.map(statusOf)).toEqual([null, null]);
  expect(answers.map(({ headers }) => headers.get('cache-control'))).toEqual([null, null]);
  expect(backendCalls('/market.v1.QuoteService/GetQuote')).toHaveLength(2);
});

test('headers of who asks first do not shape the answer for everyone', async () => {
  await start({});
  const poisoned = await ask(LIST, {}, { 'x-sample-fail': 'UNAVAILABLE', 'x-test-tag': 'poison' });
  expect(poisoned.status).toBe(200);
  const clean = await ask(LIST, {});
  expect(statusOf(clean)).toBe('weir; hit');
  expect(clean.body).toEqual(poisoned.body);
  const [arrival] = backendCalls('/market.v1.QuoteService/ListInstruments');
  expect(arrival?.metadata).not.toHaveProperty('x-test-tag');
});

test('two identities never share an answer that is the caller’s own', async () => {
  const secret = 'a secret of at least thirty-two characters';
  await start({
    auth: {
      mode: 'on',
      issuers: [{ issuer: 'test', audiences: ['weir'], algorithms: ['HS256'], keys: { secret } }],
    },
    cache: { methods: { [GET_QUOTE]: { ttl: '1h' } } },
  });
  const tokenOf = (subject: string) =>
    new SignJWT({})
      .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt' })
      .setIssuer('test')
      .setAudience('weir')
      .setSubject(subject)
      .setJti(crypto.randomUUID())
      .setIssuedAt()
      .setExpirationTime('5m')
      .sign(new TextEncoder().encode(secret));
  const askAs = async (subject: string | undefined, extra = {}) => {
    const authorization = subject && { authorization: `Bearer ${await tokenOf(subject)}` };
    const answer = await ask(GET_QUOTE, { symbol: 'AAPL' }, { ...authorization, ...extra });
    return statusOf(answer);
  };
  const miss = 'weir; fwd=uri-miss; stored';
  expect(await askAs('ann')).toBe(miss);
  expect(await askAs('bob')).toBe(miss);
  expect(await askAs(undefined)).toBe(miss);
  // A new token is still Ann; a header that does not travel to the backend does not matter; one that does, does.
  expect(await askAs('ann')).toBe('weir; hit');
  expect(await askAs('ann', { 'x-other': 'y', 'user-agent': 'z' })).toBe('weir; hit');
  expect(await askAs('ann', { 'x-test-tag': 'y' })).toBe(miss);
});

test('a herd on expiry is one backend call', async () => {
  await start({ cache: { methods: { [LIST]: { ttl: '200ms', scope: 'public' } } } });
  await ask(LIST, {});
  await expect.poll(async () => statusOf(await ask(LIST, {}))).toBe('weir; fwd=uri-miss; stored');
  const known = backendCalls('/market.v1.QuoteService/ListInstruments').length;
  await new Promise((resolve) => setTimeout(resolve, 250));
  const answers = await Promise.all(Array.from({ length: 100 }, () => ask(LIST, {})));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  const calls = backendCalls('/market.v1.QuoteService/ListInstruments').length - known;
  // A hundred connections take longer than one ttl on a busy machine, so there may be a second expiry.
  expect(calls).toBeLessThanOrEqual(3);
});

test('while the backend is down the old answer is given, and said to be old', async () => {
  await start({
    cache: { methods: { [LIST]: { ttl: '50ms', staleIfError: '1h', scope: 'public' } } },
  });
  const fresh = await ask(LIST, {});
  await backends.market.child.kill();
  const stale = await expect
    .poll(() => ask(LIST, {}), { timeout: 10_000 })
    .toSatisfy((answer: Answer) => statusOf(answer) === 'weir; hit; fwd=stale')
    .then(() => ask(LIST, {}));
  expect(stale.status).toBe(200);
  expect(stale.body).toEqual({
    result: {
      data: (fresh.body as { result: { data: unknown } }).result.data,
      stale: { ageMs: expect.any(Number) },
    },
  });
  expect(stale.headers.get('cache-control')).toBeNull();
  // What was never asked for cannot be given.
  expect((await ask(LIST, { pageSize: 7 })).status).toBe(503);
});
