import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Backends, startBackends } from '../support/backends.ts';
import { type GatewayProcess, startGateway } from '../support/gateway.ts';
import { parsePage, scrape, valueOn } from '../support/metrics-page.ts';

/** What is no call is counted and written down as well, and callers make neither a series nor a secret of it. */

const JWT = `eyJhbGciOiJFUzI1NiJ9.${'e30'.repeat(20)}.${'x'.repeat(86)}`;
const HANDSHAKE = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
};

let backends: Backends;
let gateway: GatewayProcess;

beforeAll(async () => {
  backends = await startBackends();
  gateway = await startGateway(backends, {
    cors: { origins: ['https://app.example'] },
    rateLimits: { concurrency: { sockets: 1 } },
    limits: { headTimeout: '1s', bodyTimeout: '1s', maxUrl: '2KiB' },
  });
});

afterAll(async () => {
  expect(await gateway.stop()).toBe(0);
  await backends.stop();
});

const page = () => scrape(`${gateway.url}/metrics`);

/** Those of Node come and go with its kinds of garbage collection and handles. */
async function ownSeries(): Promise<number> {
  return parsePage(await page()).filter(({ name }) => name.startsWith('weir_')).length;
}

async function read(name: string, labels: Readonly<Record<string, string>>): Promise<number> {
  return valueOn(await page(), name, labels) ?? 0;
}

/** The status that an upgrade is answered with, and the socket. */
async function upgrade(
  path: string,
  headers: Readonly<Record<string, string>> = HANDSHAKE,
): Promise<{ status: number | undefined; socket: Duplex }> {
  const asked = get(`${gateway.url}${path}`, { headers: { ...headers } });
  const [answer, socket]: [IncomingMessage, Duplex?] = await Promise.race([
    once(asked, 'upgrade') as Promise<[IncomingMessage, Duplex]>,
    once(asked, 'response') as Promise<[IncomingMessage]>,
  ]);
  answer.resume();
  return { status: answer.statusCode, socket: socket ?? answer.socket };
}

const PREFLIGHT = {
  method: 'OPTIONS',
  headers: { origin: 'https://app.example', 'access-control-request-method': 'POST' },
};

test.each<[path: string, init: RequestInit, route: string, status: string]>([
  ['/health', {}, 'health', '2xx'],
  ['/health', { method: 'POST' }, 'health', '4xx'],
  ['/metrics', {}, 'metrics', '2xx'],
  ['/metrics', { method: 'POST' }, 'metrics', '4xx'],
  ['/admin/services', {}, 'admin', '4xx'],
  ['/api/v1/auth/session', {}, 'auth', '2xx'],
  ['/api/v1/auth/login', { method: 'POST' }, 'auth', '5xx'],
  ['/.well-known/jwks.json', {}, 'auth', '2xx'],
  ['/trpc/a.b', PREFLIGHT, 'preflight', '2xx'],
  ['/nowhere', {}, 'unknown', '4xx'],
])('%s %j is a request to %s that was answered %s', async (path, init, route, status) => {
  const labels = { route, status };
  const before = await read('weir_http_requests_total', labels);
  await (await fetch(gateway.url + path, init)).text();
  await expect
    .poll(() => read('weir_http_requests_total', labels))
    // The page counts those who ask for it.
    .toBeGreaterThan(before);
});

test.each<[what: string, path: string, headers: object, status: number, reason: string]>([
  ['to nowhere', '/nowhere', HANDSHAKE, 404, 'NOT_FOUND'],
  [
    'of a foreign page',
    '/trpc',
    { ...HANDSHAKE, origin: 'https://evil.example' },
    403,
    'FORBIDDEN',
  ],
  [
    'without a key',
    '/trpc',
    { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13' },
    400,
    'BAD_REQUEST',
  ],
])('an upgrade %s is counted and told', async (_, path, headers, status, reason) => {
  const labels = { route: 'websocket', status: '4xx' };
  const requests = await read('weir_http_requests_total', labels);
  const refusals = await read('weir_requests_refused_total', { reason });
  const { status: answered } = await upgrade(`${path}?ticket=s3cr3t`, { ...headers });
  expect(answered).toBe(status);
  expect(await read('weir_http_requests_total', labels)).toBe(requests + 1);
  expect(await read('weir_requests_refused_total', { reason })).toBe(refusals + 1);
  expect(
    await gateway.child.waitFor(
      'the refusal',
      (line) => line.msg === 'refused' && line.wire === 'websocket' && line.reason === reason,
    ),
  ).toMatchObject({ path, address: '127.0.0.1', requestId: expect.stringMatching(/./) });
});

test('upgrades that are taken are counted, and those above what an address may hold', async () => {
  const taken = { route: 'websocket', status: '1xx' };
  const before = await read('weir_http_requests_total', taken);
  const { status, socket } = await upgrade('/trpc');
  expect(status).toBe(101);
  expect((await upgrade('/trpc')).status).toBe(429);
  socket.destroy();
  expect(await read('weir_http_requests_total', taken)).toBe(before + 1);
  expect(await read('weir_requests_refused_total', { reason: 'TOO_MANY_REQUESTS' })).toBe(1);
});

/** The whole answer to what no HTTP client would send, and '' where the connection is just closed. */
async function sendRaw(text: string): Promise<string> {
  const { hostname, port } = new URL(gateway.url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => {});
  await once(socket, 'connect');
  socket.write(text);
  let answer = '';
  socket.on('data', (chunk) => {
    answer += chunk;
  });
  await once(socket, 'close');
  return answer;
}

const CHUNKED = [
  'POST /trpc/orders.v1.orderService.placeOrder HTTP/1.1',
  'host: x',
  'content-type: application/json',
  'transfer-encoding: chunked',
  '\r\n',
].join('\r\n');

test.each<[what: string, text: string, status: number, reason: string]>([
  ['no HTTP', '\u0016\u0003\u0001\u0000', 400, 'BAD_REQUEST'],
  ['another protocol', 'SSH-2.0-OpenSSH_9.9\r\n', 400, 'BAD_REQUEST'],
  [
    'two lengths',
    'GET / HTTP/1.1\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n',
    400,
    'BAD_REQUEST',
  ],
  [
    'a head too large',
    `GET / HTTP/1.1\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`,
    431,
    'PAYLOAD_TOO_LARGE',
  ],
  ['a head that does not end', 'GET / HTTP/1.1\r\nhost: x\r\n', 408, 'TIMEOUT'],
  ['silence', '', 408, 'TIMEOUT'],
  ['a body that is none', `${CHUNKED}zz\r\n`, 400, 'BAD_REQUEST'],
  ['a body that does not end', `${CHUNKED}1\r\n`, 408, 'TIMEOUT'],
  ['too much beside a chunk', `${CHUNKED}1;${'x'.repeat(20_000)}\r\n`, 413, 'PAYLOAD_TOO_LARGE'],
  [
    'an unknown expectation',
    'GET / HTTP/1.1\r\nhost: x\r\nexpect: luck\r\n\r\n',
    417,
    'BAD_REQUEST',
  ],
])('%s is answered, counted and told', async (_, text, status, reason) => {
  const labels = { route: 'unreadable', status: '4xx' };
  const requests = await read('weir_http_requests_total', labels);
  const refusals = await read('weir_requests_refused_total', { reason });
  const answer = await sendRaw(text);
  expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  expect(await read('weir_http_requests_total', labels)).toBe(requests + 1);
  expect(await read('weir_requests_refused_total', { reason })).toBe(refusals + 1);
  const [, requestId] = /x-request-id: (\S+)/.exec(answer) ?? [];
  expect(
    await gateway.child.waitFor('the refusal', (line) => line.requestId === requestId),
  ).toMatchObject({ msg: 'refused', reason, wire: 'http', address: '127.0.0.1' });
});

test('a request of HTTP/1.1 without a host is refused and counted, one of HTTP/1.0 is not', async () => {
  const labels = { route: 'unreadable', status: '4xx' };
  const before = await read('weir_http_requests_total', labels);
  const refused = await sendRaw('GET /metrics HTTP/1.1\r\n\r\n');
  expect(refused).toMatch(/^HTTP\/1.1 400 /);
  expect(refused).toContain('The request has no Host header.');
  expect(await sendRaw('GET /metrics HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1.1 200 /);
  expect(await read('weir_http_requests_total', labels)).toBe(before + 1);
});

test('a connection that breaks is no request', async () => {
  const labels = { route: 'unreadable', status: '4xx' };
  const before = await read('weir_http_requests_total', labels);
  const { hostname, port } = new URL(gateway.url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  socket.write('GET /nowhere HTTP/1.1\r\nhost: x\r\n\r\n');
  await once(socket, 'data');
  socket.resetAndDestroy();
  await (await fetch(`${gateway.url}/health`)).text();
  expect(await read('weir_http_requests_total', labels)).toBe(before);
});

test('a request that is no call has a line, with its id', async () => {
  const requestId = 'lost-1';
  const answer = await fetch(`${gateway.url}/lost`, { headers: { 'x-request-id': requestId } });
  expect(answer.headers.get('x-request-id')).toBe(requestId);
  expect(
    await gateway.child.waitFor('the request', (line) => line.requestId === requestId),
  ).toMatchObject({
    level: 'info',
    module: 'inbound',
    msg: 'request',
    route: 'unknown',
    method: 'GET',
    path: '/lost',
    status: 404,
    durationMs: expect.any(Number),
    address: '127.0.0.1',
  });
});

test.each(['/admin/services', '/api/v1/auth/session', '/lost'])(
  'the id that a trusted proxy brought is the id of %s too',
  async (path) => {
    const requestId = `proxy${path.replaceAll('/', '.')}`;
    const answer = await fetch(gateway.url + path, { headers: { 'x-request-id': requestId } });
    expect(answer.headers.get('x-request-id')).toBe(requestId);
  },
);

test('no line has a token, wherever it was sent', async () => {
  for (const path of [`/${JWT}`, `/admin/${JWT}`, `/api/v1/auth/${JWT}`, `/trpc/${JWT}`]) {
    await fetch(`${gateway.url}${path}?ticket=${JWT}`, {
      headers: { authorization: `Bearer ${JWT}`, 'x-request-id': `token-${path.length}` },
    });
  }
  await fetch(`${gateway.url}/last`, { headers: { 'x-request-id': 'last' } });
  await gateway.child.waitFor('the last', (line) => line.requestId === 'last');
  expect(gateway.child.text).not.toContain('eyJ');
});

test('a flood of paths is counted whole, makes no series, and few lines', async () => {
  const labels = { route: 'unknown', status: '4xx' };
  const before = await read('weir_http_requests_total', labels);
  const seriesBefore = await ownSeries();
  const linesBefore = gateway.child.text.split('\n').length;
  const startedAt = performance.now();
  for (let round = 0; round < 40; round++) {
    await Promise.all(
      Array.from({ length: 25 }, async (_, each) =>
        (await fetch(`${gateway.url}/x${round}/${each}`)).text(),
      ),
    );
  }
  const seconds = Math.ceil((performance.now() - startedAt) / 1_000) + 1;
  await expect.poll(() => read('weir_http_requests_total', labels)).toBe(before + 1_000);
  expect(await ownSeries()).toBe(seriesBefore);
  const lines = gateway.child.text.split('\n').length - linesBefore;
  expect(lines).toBeLessThanOrEqual(50 * seconds + 50);
});
