import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { bearer, login, startSecuredGateway } from '../auth/support/secured-gateway.ts';
import { BackendProcess, type Backends, startBackends } from '../support/backends.ts';
import { type GatewayProcess, startGateway } from '../support/gateway.ts';
import { getQuery, request } from '../support/request.ts';

const GET_QUOTE = 'market.v1.quoteService.getQuote';

let folder: string;
let backends: Backends;
let gateway: GatewayProcess;
let operator: Readonly<Record<string, string>>;
let viewer: Readonly<Record<string, string>>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'weir-admin-'));
  backends = await startBackends();
  gateway = await startSecuredGateway(backends, 'http://127.0.0.1:9/jwks.json', {
    auth: {
      roles: { trader: { permissions: ['weir.admin'] }, viewer: {} },
      audit: { file: { path: join(folder, 'audit.log') }, refusals: { window: '1h' } },
    },
    upstreams: { market: { serviceBreaker: {} } },
  });
  operator = bearer((await login(gateway, 'ada')).accessToken);
  viewer = bearer((await login(gateway, 'vera')).accessToken);
});

afterAll(async () => {
  expect(await gateway.stop()).toBe(0);
  await backends.stop();
  rmSync(folder, { recursive: true });
});

const services = (headers = operator) => request(`${gateway.url}/admin/services`, { headers });

test('lists who serves what, and how they are', async () => {
  expect((await getQuery(gateway.trpcUrl, GET_QUOTE, { symbol: 'AAPL' })).status).toBe(200);
  const { status, headers, body } = await services();
  expect(status).toBe(200);
  expect(headers.get('cache-control')).toBe('no-store');
  expect(body).toEqual({
    upstreams: [
      {
        name: 'market',
        services: ['market.v1.QuoteService'],
        serviceBreakers: { 'market.v1.QuoteService': 'closed' },
        endpoints: [
          {
            address: backends.market.address,
            weight: 1,
            zone: '',
            version: '',
            available: true,
            breaker: 'closed',
            health: 'unknown',
            ejected: null,
            inFlight: 0,
            averageMs: null,
            attempts: { OK: 1 },
            lastError: null,
          },
        ],
      },
      {
        name: 'orders',
        services: ['orders.v1.OrderService'],
        serviceBreakers: {},
        endpoints: [expect.objectContaining({ address: backends.orders.address })],
      },
    ],
  });
});

test('shows the last error of a backend that is gone, and its latency once it is called', async () => {
  await backends.market.child.kill();
  expect((await getQuery(gateway.trpcUrl, GET_QUOTE, { symbol: 'AAPL' })).status).toBe(503);
  expect(await services()).toMatchObject({
    body: {
      upstreams: [
        {
          endpoints: [
            {
              lastError: {
                code: 'UNAVAILABLE',
                // Refused, or cut, by when the gateway noticed.
                message: expect.stringMatching(/./),
                agoMs: expect.any(Number),
              },
            },
          ],
        },
        {},
      ],
    },
  });
  const market = await BackendProcess.start('market', backends.market.port);
  try {
    await vi.waitFor(async () => {
      await getQuery(gateway.trpcUrl, GET_QUOTE, { symbol: 'AAPL' });
      expect(await services()).toMatchObject({
        body: { upstreams: [{ endpoints: [{ averageMs: expect.any(Number) }] }, {}] },
      });
    }, 20_000);
  } finally {
    await market.child.stop();
  }
});

test.each([
  ['nobody', () => ({}), 401, 'Sign in as somebody with the permission "weir.admin".'],
  ['somebody without the permission', () => viewer, 403, 'which a role gets under auth.roles'],
  ['a forged token', () => bearer('eyJh.e30.x'), 401, ''],
])('%s is turned away, whatever is asked for', async (_, headers, status, message) => {
  for (const path of ['services', 'no-such-thing']) {
    const answer = await request(`${gateway.url}/admin/${path}`, { headers: headers() });
    expect(answer.status).toBe(status);
    expect(JSON.stringify(answer.body)).toContain(JSON.stringify(message).slice(1, -1));
    expect(JSON.stringify(answer.body)).not.toContain(backends.market.address);
  }
});

test('who asks for what there is not is told what there is', async () => {
  const answer = await request(`${gateway.url}/admin/servces`, { headers: operator });
  expect(answer.status).toBe(404);
  expect(JSON.stringify(answer.body)).toContain('GET /admin/services');
});

function auditLines(): readonly Record<string, unknown>[] {
  return readFileSync(join(folder, 'audit.log'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

test('what is done is in the audit stream before it begins, and how it ended after', async () => {
  const url = `${gateway.url}/admin/profile?kind=cpu&seconds=0.5&token=s3cr3t`;
  const running = fetch(url, { headers: operator });
  const line = {
    action: 'admin',
    actor: 'weir ada',
    target: 'GET /admin/profile',
    detail: 'kind=cpu seconds=0.5',
  };
  const begun = expect.objectContaining({ ...line, outcome: 'begun' });
  const ended = expect.objectContaining({ ...line, outcome: 'success' });
  await vi.waitFor(() => expect(auditLines()).toContainEqual(begun), { interval: 10 });
  expect(auditLines()).not.toContainEqual(ended);
  expect((await running).status).toBe(200);
  await vi.waitFor(() => expect(auditLines()).toContainEqual(ended));
  expect(JSON.stringify(auditLines())).not.toContain('s3cr3t');
});

test.each([
  ['profile?kind=heap', {}, 'kind=heap', 'success'],
  [
    'log-levels',
    { method: 'PUT', body: '{"modules":{"calls":"info"}}' },
    '{"modules":{"calls":"info"}}',
    'success',
  ],
])('%s %j is announced as %s and ends with %s', async (path, init, detail, outcome) => {
  const response = await fetch(`${gateway.url}/admin/${path}`, {
    ...init,
    headers: { ...operator, 'content-type': 'application/json' },
  });
  await response.text();
  const requestId = response.headers.get('x-request-id');
  await vi.waitFor(() =>
    expect(auditLines().filter((line) => line.requestId === requestId)).toEqual([
      expect.objectContaining({ outcome: 'begun', detail }),
      expect.objectContaining({ outcome, detail }),
    ]),
  );
});

test('who leaves before the end is written down as that', async () => {
  const leaving = new AbortController();
  const asked = fetch(`${gateway.url}/admin/profile?kind=cpu&seconds=59`, {
    headers: operator,
    signal: leaving.signal,
  });
  const line = { target: 'GET /admin/profile', detail: 'kind=cpu seconds=59' };
  const lineThat = (outcome: object) => expect.objectContaining({ ...line, ...outcome });
  await vi.waitFor(() => expect(auditLines()).toContainEqual(lineThat({ outcome: 'begun' })));
  leaving.abort();
  await expect(asked).rejects.toThrow(/abort/);
  await vi.waitFor(() =>
    expect(auditLines()).toContainEqual(lineThat({ outcome: 'failed', reason: 'CANCELLED' })),
  );
});

test('each request is in the audit stream', async () => {
  const refused = await services(viewer);
  const allowed = await services();
  await vi.waitFor(() => {
    const lines = auditLines();
    expect(lines).toContainEqual(
      expect.objectContaining({
        action: 'admin',
        outcome: 'success',
        requestId: allowed.headers.get('x-request-id'),
        actor: 'weir ada',
        address: '127.0.0.1',
        target: 'GET /admin/services',
      }),
    );
    expect(lines).toContainEqual(
      expect.objectContaining({
        action: 'admin',
        outcome: 'refused',
        requestId: refused.headers.get('x-request-id'),
        actor: 'weir vera',
        reason: 'PERMISSION_MISSING',
      }),
    );
  });
});

test('a stranger fills neither a line nor the stream', async () => {
  const path = `${gateway.url}/admin/${'x'.repeat(5_000)}`;
  const before = auditLines().length;
  for (let time = 0; time < 150; time++) expect((await request(path)).status).toBe(401);
  await vi.waitFor(() =>
    expect(auditLines().at(-1)).toMatchObject({
      action: 'audit.thinned',
      address: '127.0.0.1',
      target: 'admin',
    }),
  );
  const lines = auditLines().slice(before);
  // 60 in a window, of which earlier tests have used some.
  expect(lines.length).toBeLessThanOrEqual(61);
  expect(Math.max(...lines.map((line) => JSON.stringify(line).length))).toBeLessThan(600);
  // What operators do is written all the same.
  const allowed = await services();
  await vi.waitFor(() =>
    expect(auditLines().at(-1)).toMatchObject({
      outcome: 'success',
      requestId: allowed.headers.get('x-request-id'),
    }),
  );
});

test('without access control it is closed and says how to open it, unless it was opened', async () => {
  const [closed, open] = await Promise.all([
    startGateway(backends),
    startGateway(backends, { admin: { whenAuthOff: 'open' } }),
  ]);
  try {
    const refused = await request(`${closed.url}/admin/services`);
    expect(refused.status).toBe(403);
    expect(JSON.stringify(refused.body)).toContain('set admin.whenAuthOff to open');
    expect((await request(`${open.url}/admin/services`)).status).toBe(200);
    expect(await statusAs('localhost', open)).toBe(200);
    expect(await statusAs('evil.example', open)).toBe(403);
  } finally {
    await Promise.all([closed.stop(), open.stop()]);
  }
});

/** As a client asks that was led there by `name`. */
async function statusAs(name: string, { url }: GatewayProcess): Promise<number | undefined> {
  const asked = get(`${url}/admin/services`, { headers: { host: name } });
  const [response]: IncomingMessage[] = await once(asked, 'response');
  response?.resume();
  return response?.statusCode;
}
