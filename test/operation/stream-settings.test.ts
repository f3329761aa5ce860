import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSocket, parseFrames } from '../fronts/raw-websocket.ts';
import { type Backends, startBackends } from '../support/backends.ts';
import { type GatewayProcess, startGateway } from '../support/gateway.ts';

let backends: Backends;
let gateway: GatewayProcess;

beforeAll(async () => {
  backends = await startBackends();
  gateway = await startGateway(backends, {
    server: {
      sse: { ping: '100ms', maxDuration: '450ms' },
      webSocket: { ping: '60ms', pongWait: '60ms', firstFrame: '100ms', maxBatch: 2 },
    },
  });
});

afterAll(async () => {
  expect(await gateway.stop()).toBe(0);
  await backends.stop();
});

test('a silent SSE stream is pinged and ended as configured', async () => {
  const input = encodeURIComponent(JSON.stringify({ symbols: ['AAPL'] }));
  const response = await fetch(
    `${gateway.trpcUrl}/market.v1.quoteService.watchQuotes?input=${input}`,
    { headers: { 'x-sample-delay-ms': '60000' } },
  );
  const text = await response.text();
  expect(text).toContain('{"reconnectAfterInactivityMs":300}');
  expect(text).toContain('event: ping');
});

test('a WebSocket that is silent, or keeps its connectionParams to itself, is closed as configured', async () => {
  const silent = await openSocket(gateway.webSocketUrl);
  const late = await openSocket(`${gateway.webSocketUrl}?connectionParams=1`);
  expect(await late.closed).toBe(1008);
  expect(await silent.closed).toBe(1006);
  expect(silent.frames).toEqual(['PING']);
});

test('a frame with more messages than configured runs none', async () => {
  const client = await openSocket(gateway.webSocketUrl);
  const path = 'market.v1.quoteService.getQuote';
  client.send([1, 2, 3].map((id) => ({ id, method: 'query', params: { path } })));
  await client.until(({ length }) => length === 3);
  expect(parseFrames(client.frames)).toMatchObject(
    [1, 2, 3].map((id) => ({ id, error: { data: { code: 'BAD_REQUEST' } } })),
  );
  client.socket.terminate();
});

test('a request target in absolute-form is served', async () => {
  const { host, hostname, port } = new URL(gateway.url);
  const socket = connect(Number(port), hostname);
  socket.write(`GET http://${host}/health HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`);
  let text = '';
  for await (const chunk of socket) text += chunk;
  expect(text.slice(0, text.indexOf('\r\n'))).toBe('HTTP/1.1 200 OK');
});

test('an upgrade elsewhere is refused, and its socket closed whatever the client does', async () => {
  const { hostname, port } = new URL(gateway.url);
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
  socket.write('GET /no HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n');
  let text = '';
  for await (const chunk of socket) text += chunk;
  expect(text).toContain('404 Not Found');
  // The gateway of this file must end with 0 although this socket is not ended here.
});
