import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { hashPassword } from '../../src/auth/issuer/password-hash.ts';
import { openSqliteUsers, type SqliteUsers } from '../../src/auth/issuer/sqlite-users.ts';
import { RENEW_PATH } from '../../src/procedures/renew-procedure.ts';
import { type Backends, startBackends } from '../support/backends.ts';
import type { GatewayProcess } from '../support/gateway.ts';
import { type StockCall, startCall } from '../support/stock-call.ts';
import { STOCK_LINKS, type StockClient } from '../support/stock-links.ts';
import { type JwksServer, startJwksServer } from './support/jwks-server.ts';
import {
  bearer,
  codeAndReason,
  login,
  PASSWORD,
  postAuth,
  startSecuredGateway,
  WATCH,
} from './support/secured-gateway.ts';
import { createTestKey, signToken, type TestKey } from './support/test-issuer.ts';

/** What becomes of open streams when the token, the session or the roles behind them change. */

let folder: string;
let users: SqliteUsers;
let backends: Backends;
let jwks: JwksServer;
let gateway: GatewayProcess;
let key: TestKey;
let eve: Parameters<SqliteUsers['put']>[0];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'weir-users-'));
  const userFile = join(folder, 'users.db');
  users = openSqliteUsers(userFile);
  const passwordHash = await hashPassword(PASSWORD);
  eve = { name: 'eve', passwordHash, roles: ['trader'], disabled: false };
  key = await createTestKey('ES256', 'k1');
  jwks = await startJwksServer([key]);
  backends = await startBackends();
  gateway = await startSecuredGateway(backends, jwks.url, { builtIn: { userFile } });
});

beforeEach(() => users.put(eve));

afterAll(async () => {
  users.close();
  expect(await gateway.stop()).toBe(0);
  await backends.stop();
  await jwks.close();
  rmSync(folder, { recursive: true });
});

const sign = (claims: object) =>
  signToken(key, { claims: { roles: ['trader'], ...claims } }, Date.now());
const expiringIn = (ms: number) => (Date.now() + ms) / 1000;

interface Stream {
  readonly stock: StockClient;
  readonly call: StockCall;
  /** How it failed, and when. */
  readonly end: Promise<{ reason: string; atMs: number }>;
  close(): Promise<void>;
}

/** A stream that has brought its first message. */
async function openStream(linkName: string, token: string): Promise<Stream> {
  const link = STOCK_LINKS.find(({ name }) => name === linkName);
  if (link === undefined) throw new Error(`no link ${linkName}`);
  const stock = link.connect(gateway, bearer(token));
  const call = startCall(stock, 'subscription', WATCH, { symbols: ['AAPL'] });
  await call.first;
  return {
    stock,
    call,
    end: call.failure.then((error) => ({ reason: codeAndReason(error), atMs: Date.now() })),
    async close() {
      call.cancel();
      await stock.close();
    },
  };
}

/** Resolves when the stream has brought something after `atMs`. */
async function outlives({ call }: Stream, atMs: number): Promise<void> {
  await vi.waitFor(() => expect(Date.now()).toBeGreaterThan(atMs), { timeout: 10_000 });
  const seen = call.messages.length;
  await vi.waitFor(() => expect(call.messages.length).toBeGreaterThan(seen), { timeout: 10_000 });
}

describe.each(['wsLink', 'httpSubscriptionLink'])('over %s', (link) => {
  test('a stream ends when its token expires', async () => {
    const exp = expiringIn(1_500);
    const stream = await openStream(link, await sign({ exp }));
    const { reason, atMs } = await stream.end;
    await stream.close();
    expect(reason).toBe('UNAUTHORIZED TOKEN_EXPIRED');
    expect(atMs).toBeGreaterThanOrEqual(exp * 1000);
    expect(atMs).toBeLessThan(exp * 1000 + 1_000);
  });

  test('a stream ends when its session does', async () => {
    const { accessToken } = await login(gateway, 'ada');
    const stream = await openStream(link, accessToken);
    const loggedOutMs = Date.now();
    expect((await postAuth(gateway, 'logout', {}, bearer(accessToken))).status).toBe(204);
    const { reason, atMs } = await stream.end;
    await stream.close();
    expect(reason).toBe('UNAUTHORIZED TOKEN_REVOKED');
    expect(atMs - loggedOutMs).toBeLessThan(1_000);
  });

  test('a stream ends when its caller loses the role, and not when it gets one more', async () => {
    const { accessToken } = await login(gateway, 'eve');
    const stream = await openStream(link, accessToken);
    users.put({ ...eve, roles: ['trader', 'auditor'] });
    await outlives(stream, Date.now() + 1_000);
    users.put({ ...eve, roles: ['viewer'] });
    const { reason } = await stream.end;
    await stream.close();
    expect(reason).toBe('FORBIDDEN ROLE_MISSING');
  });

  test('a stream ends when its caller is disabled', async () => {
    const { accessToken, refreshToken } = await login(gateway, 'eve');
    const stream = await openStream(link, accessToken);
    users.put({ ...eve, disabled: true });
    const { reason } = await stream.end;
    await stream.close();
    expect(reason).toBe('UNAUTHORIZED TOKEN_REVOKED');
    expect((await postAuth(gateway, 'refresh', { refreshToken })).status).toBe(401);
  });

  test('a stream ends when a refresh token of its session is used twice', async () => {
    const { accessToken, refreshToken } = await login(gateway, 'ada');
    const stream = await openStream(link, accessToken);
    expect((await postAuth(gateway, 'refresh', { refreshToken })).status).toBe(200);
    expect((await postAuth(gateway, 'refresh', { refreshToken })).status).toBe(401);
    const { reason } = await stream.end;
    await stream.close();
    expect(reason).toBe('UNAUTHORIZED TOKEN_REVOKED');
  });
});

test('a renewed token keeps the stream past the end of the old one', async () => {
  const exp = expiringIn(1_500);
  const stream = await openStream('wsLink', await sign({ exp }));
  const token = await sign({ jti: 'newer' });
  await expect(stream.stock.client.mutation(RENEW_PATH, { token })).resolves.toMatchObject({
    expiresInMs: expect.any(Number),
  });
  await outlives(stream, exp * 1000 + 200);
  const next = startCall(stream.stock, 'subscription', WATCH, { symbols: ['MSFT'] });
  await expect(next.first).resolves.toBeDefined();
  next.cancel();
  await stream.close();
});

test('a ticket renews a socket whose token no script can read', async () => {
  const exp = expiringIn(1_500);
  const { accessToken } = await login(gateway, 'ada');
  const stream = await openStream('wsLink', await sign({ exp, sub: 'ada' }));
  const own = await openStream('wsLink', accessToken);
  const answer = await postAuth(gateway, 'ticket', {}, bearer(accessToken));
  const ticket = /"ticket":"([\w-]+)"/.exec(await answer.text())?.[1] ?? '';
  await expect(own.stock.client.mutation(RENEW_PATH, { ticket })).resolves.toBeDefined();
  await expect(own.stock.client.mutation(RENEW_PATH, { ticket })).rejects.toThrow('ticket');
  await own.close();
  await stream.close();
});

test.each([
  ['of somebody else', () => sign({ sub: 'mallory' }), 'Open another socket'],
  ['that has expired', () => sign({ exp: expiringIn(-1_000) }), 'expired'],
  ['that is none', async () => 'x', 'compact JWS'],
])('a renewal with a token %s is refused, and changes nothing', async (_what, token, message) => {
  const stream = await openStream('wsLink', await sign({}));
  const renewal = stream.stock.client.mutation(RENEW_PATH, { token: await token() });
  await expect(renewal).rejects.toThrow(message);
  await outlives(stream, Date.now());
  await stream.close();
});

test('a renewal without the role ends the streams that need it', async () => {
  const stream = await openStream('wsLink', await sign({}));
  await stream.stock.client.mutation(RENEW_PATH, { token: await sign({ roles: ['viewer'] }) });
  expect((await stream.end).reason).toBe('FORBIDDEN ROLE_MISSING');
  await stream.close();
});

test('renewing over HTTP is refused, for there is nothing to renew', async () => {
  const link = STOCK_LINKS.find(({ name }) => name === 'httpLink');
  const stock = link?.connect(gateway, {});
  const token = await sign({});
  await expect(stock?.client.mutation(RENEW_PATH, { token })).rejects.toThrow('Only a WebSocket');
});
