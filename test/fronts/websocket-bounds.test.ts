import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { openSocket, parseFrames, type RawSocket, UPGRADE } from './raw-websocket.ts';
import { createSampleTable } from './sample-table.ts';
import { type OurOptions, type OurServer, startOurs } from './servers.ts';

const closing: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function start(options: OurOptions['websocket'] = {}) {
  const sample = createSampleTable();
  const server = await startOurs(sample.table, { websocket: options });
  closing.push(server.close);
  return { ...sample, server };
}

async function open(server: OurServer, query = ''): Promise<RawSocket> {
  return openSocket(server.wsUrl + query);
}

const call = (id: number, method: string, path: string, input?: unknown) => ({
  id,
  method,
  params: { path, input },
});
const watch = (id: number, path: string, input?: unknown) => call(id, 'subscription', path, input);
const stop = (id: number) => ({ id, method: 'subscription.stop' });
const started = (id: number) => ({ id, result: { type: 'started' } });
const stopped = (id: number) => ({ id, result: { type: 'stopped' } });

/** Lets everything that is ready happen, without a clock. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) {
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
}

/** The value once it has stopped changing, which it never does where nothing holds the source back. */
async function settled(value: () => number): Promise<number> {
  let before = -1;
  while (before !== value()) {
    before = value();
    await turns(500);
  }
  return before;
}

test('a socket that closes cancels its queries, mutations and subscriptions', async () => {
  const { server, log, until } = await start();
  const client = await open(server);
  client.send([
    call(1, 'query', 'sample.v1.hang.get'),
    call(2, 'mutation', 'sample.v1.hang.put'),
    watch(3, 'sample.v1.silent.watch'),
  ]);
  await until(({ calls }) => calls.length === 3);
  client.socket.terminate();
  await until(({ cancelled }) => cancelled.length === 3);
  expect([...log.cancelled].sort()).toEqual([
    'sample.v1.hang.get',
    'sample.v1.hang.put',
    'sample.v1.silent.watch',
  ]);
  expect(server.websocket.stats()).toMatchObject({ runningCalls: 0, subscriptions: 0 });
});

test('a stop in the same frame as its subscription is honoured', async () => {
  const { server, until } = await start();
  const client = await open(server);
  client.send([watch(1, 'sample.v1.silent.watch'), stop(1)]);
  await client.until(({ length }) => length === 2);
  await until(({ cancelled }) => cancelled.length === 1);
  expect(parseFrames(client.frames)).toEqual([started(1), stopped(1)]);
});

test('a stop ends a query that is still running', async () => {
  const { server, until } = await start();
  const client = await open(server);
  client.send(call(1, 'query', 'sample.v1.hang.get'));
  await until(({ calls }) => calls.length === 1);
  client.send(stop(1));
  await client.until(({ length }) => length === 1);
  expect(parseFrames(client.frames)).toMatchObject([
    { id: 1, error: { data: { code: 'CLIENT_CLOSED_REQUEST', grpc: { code: 'CANCELLED' } } } },
  ]);
});

test('each call has headers of its own, so a caller may change while the socket lives', async () => {
  const { server } = await start();
  const client = await open(server, '?connectionParams=1');
  client.send({ method: 'connectionParams', data: { Authorization: 'Bearer old' } });
  client.send(call(1, 'query', 'sample.v1.who.get'));
  await client.until(({ length }) => length === 1);
  client.send({ method: 'connectionParams', data: { Authorization: 'Bearer new' } });
  client.send(call(2, 'query', 'sample.v1.who.get'));
  await client.until(({ length }) => length === 2);
  expect(parseFrames(client.frames)).toMatchObject([
    { id: 1, result: { data: { authorization: 'Bearer old' } } },
    { id: 2, result: { data: { authorization: 'Bearer new' } } },
  ]);
});

test('connectionParams cannot say where the connection came from', async () => {
  const { server } = await start();
  const client = await open(server, '?connectionParams=1');
  client.send({ method: 'connectionParams', data: { 'X-Forwarded-For': '10.0.0.1' } });
  client.send(call(1, 'query', 'sample.v1.who.get'));
  await client.until(({ length }) => length === 1);
  expect(parseFrames(client.frames)).toMatchObject([{ result: { data: { forwarded: null } } }]);
});

test('a reader that stops reading holds back the source, and one that reads again gets all', async () => {
  const maxBufferedBytes = 32_768;
  const { server, log, until } = await start({ limits: { maxBufferedBytes } });
  const client = await open(server);
  client.socket.pause();
  client.send(watch(1, 'sample.v1.endless.watch', { length: 10_000 }));
  const pulled = () => log.pulled.get('sample.v1.endless.watch') ?? 0;
  await until(() => pulled() > 0);
  const before = await settled(pulled);
  expect(server.websocket.stats().bufferedBytes).toBeGreaterThan(maxBufferedBytes);
  expect(server.websocket.stats().bufferedBytes).toBeLessThan(maxBufferedBytes + 20_000);
  client.socket.resume();
  await until(() => pulled() > before + 100);
});

test('a client that asks without reading is not listened to until it reads', async () => {
  const { server, log } = await start({ limits: { maxBufferedBytes: 32_768 } });
  const client = await open(server);
  client.socket.pause();
  const input = 'x'.repeat(10_000);
  let sent = 0;
  while (client.socket.bufferedAmount < 1_000_000) {
    sent += 1;
    client.send(call(sent, 'query', 'sample.v1.echo.get', input));
    await turns(1);
  }
  expect(log.calls.length).toBeLessThan(sent);
  expect(server.websocket.stats().bufferedBytes).toBeLessThan(32_768 + 2 * 1024 * 1024);
  client.socket.resume();
  await client.until(({ length }) => length === sent);
});

test('subscriptions and calls of one socket have a cap, and free what ended', async () => {
  const { server } = await start({
    limits: { maxSubscriptionsPerSocket: 1, maxCallsPerSocket: 1 },
  });
  const client = await open(server);
  client.send([
    watch(1, 'sample.v1.silent.watch'),
    watch(2, 'sample.v1.silent.watch'),
    call(3, 'query', 'sample.v1.hang.get'),
    call(4, 'query', 'sample.v1.echo.get'),
  ]);
  await client.until(({ length }) => length === 3);
  expect(parseFrames(client.frames)).toMatchObject([
    started(1),
    { id: 2, error: { data: { code: 'TOO_MANY_REQUESTS' } } },
    { id: 4, error: { data: { code: 'TOO_MANY_REQUESTS' } } },
  ]);
  client.send([stop(1), watch(5, 'sample.v1.silent.watch')]);
  await client.until(({ length }) => length === 5);
  expect(parseFrames(client.frames).slice(3)).toEqual([stopped(1), started(5)]);
});

test('an array that is too long runs nothing, and every call of it is told', async () => {
  const { server, log } = await start({ limits: { maxBatchLength: 2 } });
  const client = await open(server);
  client.send([1, 2, 3].map((id) => call(id, 'query', 'sample.v1.echo.get')));
  await client.until(({ length }) => length === 3);
  expect(parseFrames(client.frames)).toMatchObject(
    [1, 2, 3].map((id) => ({
      id,
      error: {
        message: 'Batch call exceeds maximum size: it has 3 messages and 2 are allowed.',
        data: { code: 'BAD_REQUEST' },
      },
    })),
  );
  expect(log.calls).toEqual([]);
});

test('a message that is too large closes the socket with 1009', async () => {
  const { server } = await start({ limits: { maxPayloadBytes: 1_000 } });
  const client = await open(server);
  client.send(call(1, 'query', 'sample.v1.echo.get', 'x'.repeat(1_000)));
  expect(await client.closed).toBe(1009);
});

test('a socket over the cap is refused with 503 and a reason, before it is one', async () => {
  const { server } = await start({ limits: { maxSockets: 1 } });
  await open(server);
  const refused = new WebSocket(server.wsUrl);
  const [, response] = await once(refused, 'unexpected-response');
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  expect(response.statusCode).toBe(503);
  expect(JSON.parse(Buffer.concat(chunks).toString())).toMatchObject({
    error: { data: { code: 'SERVICE_UNAVAILABLE', retryAfterMs: 1000 } },
  });
});

test('connectionParams that never come end the socket with a reason', async () => {
  const { server } = await start({ limits: { firstFrameMs: 80 } });
  const client = await open(server, '?connectionParams=1');
  expect(await client.closed).toBe(1008);
  expect(parseFrames(client.frames)).toMatchObject([
    { id: null, error: { data: { code: 'BAD_REQUEST' } } },
  ]);
});

test.each([
  ['no JSON', '{'],
  ['text', '"x"'],
  ['null', 'null'],
  ['an array', '[]'],
  ['data that is no object', '{"method":"connectionParams","data":7}'],
  ['values that are no text', '{"method":"connectionParams","data":{"a":{}}}'],
])('malformed connectionParams (%s) are an error and an end, never a crash', async (_, frame) => {
  const { server } = await start();
  const client = await open(server, '?connectionParams=1');
  client.send(frame);
  expect(await client.closed).toBe(1008);
  expect(parseFrames(client.frames)).toMatchObject([
    { id: null, error: { data: { code: 'PARSE_ERROR' } } },
  ]);
});

test('a silent socket is pinged, and dropped when it stays silent', async () => {
  const dropped: string[] = [];
  const { server, until } = await start({
    limits: { pingIntervalMs: 40, pongWaitMs: 40 },
    onDropped: (transport) => dropped.push(transport),
  });
  const client = await open(server);
  client.send(watch(1, 'sample.v1.silent.watch'));
  expect(await client.closed).toBe(1006);
  await until(({ cancelled }) => cancelled.length === 1);
  expect(parseFrames(client.frames)).toEqual([started(1), 'PING']);
  expect(server.websocket.stats().sockets).toBe(0);
  expect(dropped).toEqual(['websocket']);
});

test('a socket that answers pings lives', async () => {
  const { server } = await start({ limits: { pingIntervalMs: 40, pongWaitMs: 200 } });
  const client = await open(server);
  const pings = () => client.frames.filter((frame) => frame === 'PING').length;
  for (let count = 1; count <= 3; count += 1) {
    await client.until(() => pings() === count);
    client.send('PONG');
  }
  expect(server.websocket.stats().sockets).toBe(1);
});

test.each([
  ['an unmasked frame', Buffer.from([0x81, 0x01, 0x61])],
  ['reserved bits', Buffer.from([0xf1, 0x80, 0, 0, 0, 0])],
  ['an unknown opcode', Buffer.from([0x8b, 0x80, 0, 0, 0, 0])],
  ['a fragmented control frame', Buffer.from([0x09, 0x80, 0, 0, 0, 0])],
  ['text that is no UTF-8', Buffer.from([0x81, 0x81, 0, 0, 0, 0, 0xff])],
  ['a length of 2^63', Buffer.from([0x81, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])],
  ['a close frame of one byte', Buffer.from([0x88, 0x81, 0, 0, 0, 0, 0x03])],
  ['noise', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
])('%s ends that socket and no other', async (_, bytes) => {
  const { server } = await start();
  const other = await open(server);
  const socket = connect(server.port, '127.0.0.1');
  socket.write(UPGRADE);
  await once(socket, 'data');
  socket.on('data', () => {});
  socket.write(bytes);
  await once(socket, 'close');
  other.send(call(1, 'query', 'sample.v1.echo.get'));
  await other.until(({ length }) => length === 1);
  expect(parseFrames(other.frames)).toMatchObject([{ id: 1, result: { type: 'data' } }]);
});

test('binary frames are refused with a reason', async () => {
  const { server } = await start();
  const client = await open(server);
  client.socket.send(Buffer.from('{"id":1}'));
  await client.until(({ length }) => length === 1);
  expect(parseFrames(client.frames)).toMatchObject([
    { id: null, error: { data: { code: 'PARSE_ERROR' } } },
  ]);
});

test('a draining gateway sends a client away only when nothing of it is unanswered', async () => {
  const { server, until } = await start({ limits: { drainJitterMs: 1, closeAfterNoticeMs: 50 } });
  const client = await open(server);
  client.send(call(1, 'query', 'sample.v1.slow.get', 150));
  await until(({ calls }) => calls.length === 1);
  const drained = server.websocket.drain();
  const refused = new WebSocket(server.wsUrl);
  await once(refused, 'unexpected-response');
  expect(await client.closed).toBe(1012);
  await drained;
  expect(parseFrames(client.frames)).toEqual([
    { id: 1, result: { type: 'data', data: 150 } },
    { id: null, method: 'reconnect' },
  ]);
});
