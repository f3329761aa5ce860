import {
  connectionOf,
  createWeirClient,
  createWeirSession,
  isWeirError,
  type WeirSession,
} from '@weir/client';
import type { AppRouter } from '@weir/sample-client';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { hashPassword } from '../../src/auth/issuer/password-hash.ts';
import { type Backends, startBackends } from '../support/backends.ts';
import { type GatewayProcess, startGateway } from '../support/gateway.ts';

/** The client's session against a gateway that issues tokens of two seconds. */

const ADA = { username: 'ada', password: 'correct horse' };
let backends: Backends;
let gateway: GatewayProcess;
const sessions: WeirSession[] = [];
const clients: object[] = [];

beforeAll(async () => {
  backends = await startBackends();
  const passwordHash = await hashPassword(ADA.password);
  gateway = await startGateway(backends, {
    auth: {
      mode: 'on',
      builtIn: {
        accessTokenTtl: '2s',
        users: [{ name: 'ada', passwordHash, roles: ['trader'] }],
      },
      access: { 'market.v1.QuoteService/WatchQuotes': { roles: ['trader'] } },
    },
  });
});

afterEach(async () => {
  for (const session of sessions.splice(0)) session.close();
  await Promise.all(clients.splice(0).map((client) => connectionOf(client).close()));
});

afterAll(async () => {
  await gateway.stop();
  await backends.stop();
});

function connect() {
  const session = createWeirSession({ url: `${gateway.url}/api/v1/auth` });
  const weir = createWeirClient<AppRouter>({ url: gateway.trpcUrl, session });
  sessions.push(session);
  clients.push(weir);
  return { session, weir };
}

function watch({ weir }: ReturnType<typeof connect>) {
  const quotes: unknown[] = [];
  const errors: unknown[] = [];
  weir.market.v1.quoteService.watchQuotes.subscribe(
    { symbols: ['AAPL'] },
    { onData: (each) => quotes.push(each), onError: (error) => errors.push(error) },
  );
  return { quotes, errors };
}

test('says who is signed in, and what the gateway demands before', async () => {
  const { session } = connect();
  expect(session.current).toEqual({ state: 'unknown' });
  await session.restore();
  expect(session.current).toEqual({ state: 'signedOut' });
  await session.signIn(ADA);
  expect(session.current).toEqual({
    state: 'signedIn',
    user: { subject: 'ada', roles: ['trader'], permissions: [] },
  });
  await session.signOut();
  expect(session.current).toEqual({ state: 'signedOut' });
});

test('a refusal has the words of the gateway', async () => {
  const { session } = connect();
  await expect(session.signIn({ ...ADA, password: 'x' })).rejects.toThrow(
    'The user name or the password is wrong.',
  );
});

test('streams and calls go on past the end of the first tokens, and end with the session', async () => {
  const client = connect();
  await client.session.signIn(ADA);
  const { quotes, errors } = watch(client);
  await vi.waitFor(() => expect(quotes.length).toBeGreaterThan(0), { timeout: 10_000 });
  const signedInMs = Date.now();
  await vi.waitFor(() => expect(Date.now()).toBeGreaterThan(signedInMs + 4_500), {
    timeout: 10_000,
  });
  const seen = quotes.length;
  await vi.waitFor(() => expect(quotes.length).toBeGreaterThan(seen), { timeout: 10_000 });
  expect(errors).toEqual([]);

  await client.session.signOut();
  await vi.waitFor(() => expect(errors).toHaveLength(1), { timeout: 10_000 });
  expect(isWeirError(errors[0]) && errors[0].data.grpc.code).toBe('UNAUTHENTICATED');
});

test('a call whose token died while the program slept is made once more with a new one', async () => {
  const client = connect();
  await client.session.signIn(ADA);
  // No timer renews, as on a laptop that slept.
  client.session.close();
  await new Promise((resolve) => setTimeout(resolve, 2_200));
  const ask = () =>
    client.weir.orders.v1.orderService.getOrder
      .query({ orderId: '1' })
      .catch((error: unknown) => error);
  const error = await ask();
  expect(isWeirError(error) && error.data.grpc.code).toBe('NOT_FOUND');
});

test('streams of a client that is given tokens by a function go on past the end of each', async () => {
  const session = createWeirSession({ url: `${gateway.url}/api/v1/auth` });
  sessions.push(session);
  let asked = 0;
  const weir = createWeirClient<AppRouter>({
    url: gateway.trpcUrl,
    // As of somebody else's identity provider, which signs in anew.
    token: async () => {
      asked += 1;
      await session.signIn(ADA);
      return session.headers().authorization?.replace('Bearer ', '');
    },
  });
  clients.push(weir);
  const { quotes, errors } = watch({ session, weir });
  await vi.waitFor(() => expect(asked).toBe(4), { timeout: 20_000, interval: 20 });
  const seen = quotes.length;
  await vi.waitFor(() => expect(quotes.length).toBeGreaterThan(seen), { timeout: 10_000 });
  expect(errors).toEqual([]);
});
