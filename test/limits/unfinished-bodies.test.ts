import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { type Backends, startBackends } from '../support/backends.ts';
import { type GatewayProcess, startGateway } from '../support/gateway.ts';
import { scrape, valueOn } from '../support/metrics-page.ts';
import { request } from '../support/request.ts';

/** Callers who stop short of the end of what they send, and what becomes of the others. */

const GET_QUOTE = 'market.v1.quoteService.getQuote';
const MAX = 65_536;
/** More than half of what all may hold. */
const PART = 50_000;
const INPUT = JSON.stringify({ symbol: 'AAPL' });
const LOGOUT = '/api/v1/auth/logout';

let backends: Backends;
let gateway: GatewayProcess;
const sockets: Socket[] = [];
const webSockets: WebSocket[] = [];

beforeAll(async () => {
  backends = await startBackends();
  gateway = await startGateway(backends, { limits: { maxBody: '64KiB', maxUnfinished: '64KiB' } });
});

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const webSocket of webSockets.splice(0)) webSocket.terminate();
  await expect.poll(held).toBe(0);
});

afterAll(async () => {
  expect(await gateway.stop()).toBe(0);
  await backends.stop();
});

const metric = async (name: string, labels = {}) =>
  valueOn(await scrape(`${gateway.url}/metrics`), name, labels);
const held = () => metric('weir_unfinished_bytes');
const refused = () => metric('weir_requests_refused_total', { reason: 'SERVICE_UNAVAILABLE' });

/** A request whose body of `length` bytes has come as far as `sent`; its answer, when the connection is closed. */
function begin(path: string, length: number, sent: number): Promise<string> {
  const { port } = new URL(gateway.url);
  const socket = connect(Number(port), '127.0.0.1').setEncoding('latin1');
  sockets.push(socket);
  const head = [`POST ${path} HTTP/1.1`, 'host: x', 'content-type: application/json'];
  socket.write([...head, `content-length: ${length}`, '', ' '.repeat(sent)].join('\r\n'));
  let answer = '';
  socket.on('data', (chunk) => {
    answer += chunk;
  });
  return once(socket, 'close').then(() => answer);
}

async function openWebSocket(): Promise<WebSocket> {
  const webSocket = new WebSocket(gateway.trpcUrl.replace('http', 'ws'));
  webSockets.push(webSocket);
  await once(webSocket, 'open');
  return webSocket;
}

const postSmall = () =>
  request(`${gateway.trpcUrl}/${GET_QUOTE}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: INPUT,
  });

const HOLDERS: Record<string, () => Promise<unknown>> = {
  'a body': async () => void begin(`/trpc/${GET_QUOTE}`, 60_000, PART),
  'a batch': async () => void begin(`/trpc/${GET_QUOTE}?batch=1`, 60_000, PART),
  'a message in fragments': async () => {
    const webSocket = await openWebSocket();
    for (let sent = 0; sent < PART; sent += 10_000) {
      webSocket.send(' '.repeat(10_000), { fin: false });
    }
  },
};

test.each(Object.entries(HOLDERS))(
  '%s that is not whole leaves no room for another',
  async (_, hold) => {
    const before = (await refused()) ?? 0;
    await hold();
    await expect.poll(held).toBeGreaterThanOrEqual(PART);

    const paths = [`/trpc/${GET_QUOTE}`, `/trpc/${GET_QUOTE}?batch=1`];
    for (const path of paths) {
      const answer = await begin(path, 60_000, PART);
      expect(answer).toMatch(/^HTTP\/1\.1 503 /);
      expect(answer.toLowerCase()).toContain('\r\nconnection: close\r\n');
      expect(answer).toContain('The gateway holds 65536 bytes of requests that are not whole yet');
    }
    const webSocket = await openWebSocket();
    const frames: string[] = [];
    webSocket.on('message', (data) => frames.push(String(data)));
    webSocket.send(' '.repeat(PART), { fin: false });
    const [code] = await once(webSocket, 'close');
    expect(code).toBe(1013);
    expect(frames.map((text) => JSON.parse(text))).toMatchObject([
      { id: null, error: { data: { code: 'SERVICE_UNAVAILABLE' } } },
    ]);
    expect(await refused()).toBe(before + 3);
    expect(await held()).toBeLessThanOrEqual(MAX);

    // What comes whole needs no room.
    expect((await postSmall()).status).toBe(200);
    const socket = await openWebSocket();
    socket.send(
      JSON.stringify({
        id: 1,
        method: 'query',
        params: { path: GET_QUOTE, input: { symbol: 'AAPL' } },
      }),
    );
    const [data] = await once(socket, 'message');
    expect(JSON.parse(String(data))).toMatchObject({ id: 1, result: { type: 'data' } });
  },
);

test('the endpoints of the issuer count as well', async () => {
  await HOLDERS['a body']?.();
  await expect.poll(held).toBeGreaterThanOrEqual(PART);
  const answer = begin(LOGOUT, 16_000, 15_900);
  expect(await answer).toMatch(/^HTTP\/1\.1 503 /);
});

test('whoever finishes, or leaves, makes room', async () => {
  const webSocket = await openWebSocket();
  for (let round = 0; round < 3; round += 1) {
    webSocket.send(' '.repeat(PART), { fin: false });
    await expect.poll(held).toBeGreaterThanOrEqual(PART);
    webSocket.send(
      JSON.stringify({
        id: round,
        method: 'query',
        params: { path: GET_QUOTE, input: { symbol: 'AAPL' } },
      }),
    );
    const [data] = await once(webSocket, 'message');
    expect(JSON.parse(String(data))).toMatchObject({ id: round, result: { type: 'data' } });
    expect(await held()).toBe(0);
  }
  const left = begin(`/trpc/${GET_QUOTE}`, 60_000, PART);
  await expect.poll(held).toBeGreaterThanOrEqual(PART);
  sockets[0]?.destroy();
  await left;
  await expect.poll(held).toBe(0);
  void begin(`/trpc/${GET_QUOTE}`, 60_000, 30_000);
  await expect.poll(held).toBeGreaterThanOrEqual(30_000);
  const [, socket] = sockets;
  if (socket === undefined) throw new Error('no socket');
  socket.write(' '.repeat(30_000 - INPUT.length) + INPUT);
  expect(String(await once(socket, 'data'))).toMatch(/^HTTP\/1\.1 200 /);
});
