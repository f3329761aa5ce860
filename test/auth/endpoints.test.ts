import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Backends, startBackends } from '../support/backends.ts';
import type { GatewayProcess } from '../support/gateway.ts';
import { getQuery, postMutation } from '../support/request.ts';
import { type JwksServer, startJwksServer } from './support/jwks-server.ts';
import {
  bearer,
  codeAndReason,
  isLoginAnswer,
  LIST,
  login,
  PASSWORD,
  PLACE,
  postAuth,
  startSecuredGateway,
} from './support/secured-gateway.ts';
import { createTestKey, signToken, type TestKey } from './support/test-issuer.ts';

/** The issuer over HTTP, as a browser and as a script use it. */

let folder: string;
let backends: Backends;
let jwks: JwksServer;
let gateway: GatewayProcess;
let key: TestKey;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'weir-audit-'));
  key = await createTestKey('ES256', 'k1');
  jwks = await startJwksServer([key]);
  backends = await startBackends();
  gateway = await startSecuredGateway(backends, jwks.url, {
    server: { trustedProxies: ['127.0.0.1'] },
    cors: { origins: ['https://app.example'] },
    auth: { audit: { file: { path: join(folder, 'audit.log') } } },
    builtIn: { login: { attemptsPerAccount: 5 } },
  });
});

afterAll(async () => {
  expect(await gateway.stop()).toBe(0);
  await backends.stop();
  await jwks.close();
  rmSync(folder, { recursive: true });
});

const errorOf = async (answer: Response) => {
  const body: unknown = await answer.json();
  const error = typeof body === 'object' && body !== null && 'error' in body ? body.error : body;
  return codeAndReason(typeof error === 'object' && error !== null ? error : undefined);
};
const get = (path: string, headers: Readonly<Record<string, string>> = {}) =>
  fetch(`${gateway.url}${path}`, { headers });

/** Keeps cookies as a browser would, without their attributes. */
function cookiesOf(answer: Response): Readonly<Record<string, string>> {
  const pairs = answer.headers.getSetCookie().map((line) => line.split(';', 1)[0] ?? '');
  return Object.fromEntries(pairs.map((pair) => pair.split('=', 2)));
}
const cookieHeader = (cookies: Readonly<Record<string, string>>) =>
  Object.entries(cookies)
    .map(([name, value]) => `${name}=${value}`)
    .join('; ');

test('login, renewal, logout, with tokens in the body', async () => {
  const first = await login(gateway, 'ada');
  expect((await getQuery(gateway.trpcUrl, LIST, {}, bearer(first.accessToken))).status).toBe(200);
  const renewed: unknown = await (
    await postAuth(gateway, 'refresh', { refreshToken: first.refreshToken })
  ).json();
  const second = isLoginAnswer(renewed) ? renewed : first;
  expect(second.refreshToken).not.toBe(first.refreshToken);
  const logout = await postAuth(gateway, 'logout', { refreshToken: second.refreshToken });
  expect(logout.status).toBe(204);
  expect((await getQuery(gateway.trpcUrl, LIST, {}, bearer(second.accessToken))).status).toBe(401);
  expect((await postAuth(gateway, 'refresh', { refreshToken: second.refreshToken })).status).toBe(
    401,
  );
});

test('a session in cookies: no script reads the tokens, and no other site uses them', async () => {
  const signIn = await postAuth(gateway, 'login', {
    username: 'ada',
    password: PASSWORD,
    cookies: true,
  });
  const lines = signIn.headers.getSetCookie();
  expect(lines.filter((line) => /HttpOnly/.test(line)).map((line) => line.split('=')[0])).toEqual([
    'weir_access',
    'weir_refresh',
  ]);
  expect(lines.every((line) => /SameSite=Strict; Secure$/.test(line))).toBe(true);
  expect(lines[1]).toContain('Path=/api/v1/auth');
  const body: unknown = await signIn.json();
  expect(JSON.stringify(body)).not.toContain('eyJ');

  const cookies = cookiesOf(signIn);
  const cookie = cookieHeader(cookies);
  const csrf = { 'x-csrf-token': cookies.weir_csrf ?? '' };
  const order = {
    clientOrderId: crypto.randomUUID(),
    symbol: 'AAPL',
    side: 'SIDE_BUY',
    quantity: 1,
    market: {},
  };
  expect((await getQuery(gateway.trpcUrl, LIST, {}, { cookie })).status).toBe(200);
  expect((await postMutation(gateway.trpcUrl, PLACE, order, { cookie })).status).toBe(401);
  expect(
    (await postMutation(gateway.trpcUrl, PLACE, order, { cookie, 'x-csrf-token': 'guess' })).status,
  ).toBe(401);
  expect((await postMutation(gateway.trpcUrl, PLACE, order, { cookie, ...csrf })).status).toBe(200);

  expect(await errorOf(await postAuth(gateway, 'refresh', {}, { cookie }))).toBe(
    'UNAUTHORIZED CSRF_TOKEN_WRONG',
  );
  const renewal = await postAuth(gateway, 'refresh', {}, { cookie, ...csrf });
  expect(renewal.status).toBe(200);
  const renewed = cookieHeader({ ...cookies, ...cookiesOf(renewal) });
  const logout = await postAuth(gateway, 'logout', {}, { cookie: renewed, ...csrf });
  expect(logout.status).toBe(204);
  expect(cookiesOf(logout)).toEqual({ weir_access: '', weir_refresh: '', weir_csrf: '' });
  expect((await getQuery(gateway.trpcUrl, LIST, {}, { cookie: renewed })).status).toBe(401);
});

test('sessions are listed and ended by their owner alone', async () => {
  const [mine, other] = [await login(gateway, 'ada'), await login(gateway, 'ada')];
  const stranger = await login(gateway, 'vera');
  const listed: unknown = await (
    await get('/api/v1/auth/sessions', bearer(mine.accessToken))
  ).json();
  expect(listed).toMatchObject({
    sessions: expect.arrayContaining([
      expect.objectContaining({ id: mine.sessionId, current: true }),
      expect.objectContaining({ id: other.sessionId, current: false }),
    ]),
  });
  const end = (token: string) =>
    fetch(`${gateway.url}/api/v1/auth/sessions/${other.sessionId}`, {
      method: 'DELETE',
      headers: bearer(token),
    });
  expect((await end(stranger.accessToken)).status).toBe(404);
  expect((await end(mine.accessToken)).status).toBe(204);
  expect((await getQuery(gateway.trpcUrl, LIST, {}, bearer(other.accessToken))).status).toBe(401);
  expect((await getQuery(gateway.trpcUrl, LIST, {}, bearer(mine.accessToken))).status).toBe(200);
});

test("a token of another issuer's namesake reaches no session here", async () => {
  const ours = await login(gateway, 'ada');
  const claims = { sub: 'ada', sid: ours.sessionId };
  const theirs = await signToken(key, { claims }, Date.now());
  const answer = await get('/api/v1/auth/sessions', bearer(theirs));
  expect(answer.status).toBe(400);
  expect((await postAuth(gateway, 'logout', {}, bearer(theirs))).status).toBe(204);
  expect((await getQuery(gateway.trpcUrl, LIST, {}, bearer(ours.accessToken))).status).toBe(200);
  expect((await get('/api/v1/auth/session', bearer(theirs))).status).toBe(401);
});

test('the session says who one is and what that is worth', async () => {
  const { accessToken } = await login(gateway, 'ada');
  const answer = await get('/api/v1/auth/session', bearer(accessToken));
  expect(await answer.json()).toMatchObject({
    subject: 'ada',
    roles: ['trader', 'viewer'],
    permissions: [],
  });
  expect(await (await get('/api/v1/auth/session')).json()).toMatchObject({
    accessControl: 'on',
    subject: null,
    roles: [],
  });
});

test('the published keys hold nothing private, and caches may keep them', async () => {
  const answer = await get('/.well-known/jwks.json');
  expect(answer.headers.get('cache-control')).toContain('public');
  expect(answer.headers.get('vary')).toBe('origin');
  const text = await answer.text();
  expect(text).toContain('"kty":"EC"');
  expect(text).not.toContain('"d":');
});

const LOGIN = { username: 'ada', password: PASSWORD };

test.each<[what: string, endpoint: string, init: RequestInit, status: number]>([
  ['no JSON', 'login', { body: 'x', headers: { 'content-type': 'application/json' } }, 400],
  ['a form', 'login', { body: new URLSearchParams(LOGIN) }, 400],
  ['plain text', 'login', { body: JSON.stringify(LOGIN) }, 400],
  ['no password', 'login', { body: '{"username":"ada"}', headers: json() }, 400],
  ['a list', 'login', { body: '[]', headers: json() }, 400],
  ['a megabyte', 'login', { body: `"${'x'.repeat(1_000_000)}"`, headers: json() }, 413],
  ['an unknown endpoint', 'loggin', { body: '{}', headers: json() }, 404],
  ['no refresh token', 'refresh', { body: '{}', headers: json() }, 401],
  ['a ticket for nobody', 'ticket', {}, 401],
])('%s', async (_what, endpoint, init, status) => {
  const answer = await fetch(`${gateway.url}/api/v1/auth/${endpoint}`, { method: 'POST', ...init });
  expect(answer.status).toBe(status);
  expect(await answer.json()).toMatchObject({
    error: { data: { requestId: expect.any(String) } },
  });
});

function json() {
  return { 'content-type': 'application/json' };
}

test('attempts are limited by account, and told when to come back', async () => {
  const attempt = (password: string) =>
    postAuth(gateway, 'login', { username: 'guessed', password });
  const statuses: number[] = [];
  for (let at = 0; at < 6; at++) statuses.push((await attempt('x')).status);
  expect(statuses).toEqual([401, 401, 401, 401, 401, 429]);
  expect(await (await attempt('x')).json()).toMatchObject({
    error: { data: { code: 'TOO_MANY_REQUESTS', retryAfterMs: expect.any(Number) } },
  });
});

test('answers are guarded: nothing cached, sniffed or framed', async () => {
  const answer = await postAuth(gateway, 'login', LOGIN);
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  expect(answer.headers.get('x-frame-options')).toBe('DENY');
  expect(answer.headers.get('content-security-policy')).toContain("default-src 'self'");
});

test.each([
  ['https://app.example', 'https://app.example'],
  ['https://evil.example', null],
])('a page of %s may read: %s', async (origin, allowed) => {
  for (const path of ['/api/v1/auth/session', '/trpc/market.v1.quoteService.getQuote']) {
    const answer = await get(path, { origin });
    expect(answer.headers.get('access-control-allow-origin')).toBe(allowed);
    await answer.text();
  }
});

test('a socket of another origin is refused', async () => {
  const upgrade = (origin: string) =>
    new Promise<number>((resolve, reject) => {
      import('ws').then(({ WebSocket }) => {
        const socket = new WebSocket(gateway.webSocketUrl, { origin });
        socket.once('unexpected-response', (_request, { statusCode }) => resolve(statusCode ?? 0));
        socket.once('open', () => {
          socket.close();
          resolve(101);
        });
        socket.once('error', () => {});
      }, reject);
    });
  expect(await upgrade('https://evil.example')).toBe(403);
  expect(await upgrade('https://app.example')).toBe(101);
  expect(await upgrade(gateway.url)).toBe(101);
});

test('the audit stream tells who did what, from where, and how it ended', async () => {
  const requestId = `audit-${crypto.randomUUID()}`;
  const from = { 'x-forwarded-for': '198.51.100.7', 'x-request-id': requestId };
  await postAuth(gateway, 'login', { username: 'ghost', password: 'x' }, from);
  const { accessToken } = await login(gateway, 'vera');
  await getQuery(gateway.trpcUrl, LIST, {}, { ...bearer(accessToken), ...from });
  await vi.waitFor(() => {
    const lines = readFileSync(join(folder, 'audit.log'), 'utf8').trimEnd().split('\n');
    const events = lines.map((line) => JSON.parse(line));
    expect(events).toContainEqual(
      expect.objectContaining({
        action: 'login',
        outcome: 'refused',
        actor: 'ghost',
        address: '198.51.100.7',
        reason: 'LOGIN_FAILED',
      }),
    );
    expect(events).toContainEqual(
      expect.objectContaining({
        action: 'call.refused',
        actor: 'weir vera',
        requestId,
        address: '198.51.100.7',
        target: LIST,
        reason: 'ROLE_MISSING',
      }),
    );
  });
  expect(readFileSync(join(folder, 'audit.log'), 'utf8')).not.toMatch(/eyJ|correct horse/);
});
