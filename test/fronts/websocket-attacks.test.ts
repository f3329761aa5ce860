import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { openSocket, parseFrames, UPGRADE } from './raw-websocket.ts';
import { createSampleTable } from './sample-table.ts';
import { type OurOptions, startOurs } from './servers.ts';

const closing: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function start(limits: NonNullable<OurOptions['websocket']>['limits'] = {}) {
  const sample = createSampleTable();
  const server = await startOurs(sample.table, { websocket: { limits } });
  closing.push(server.close);
  return { ...sample, server };
}

const put = (id: number) => ({
  id,
  method: 'mutation',
  params: { path: 'sample.v1.echo.put', input: id },
});

test('binary frames of a client that never reads are not answered without end', async () => {
  const { server } = await start({ maxBufferedBytes: 32_768 });
  const client = await openSocket(server.wsUrl);
  client.socket.pause();
  let most = 0;
  for (let round = 0; round < 200; round += 1) {
    for (let each = 0; each < 1_000; each += 1) client.socket.send(Buffer.alloc(1));
    await new Promise<void>((resolve) => setImmediate(resolve));
    most = Math.max(most, server.websocket.stats().bufferedBytes);
  }
  // What one read of the socket brings is answered all the same.
  expect(most).toBeLessThan(8 * 1024 * 1024);
  client.socket.terminate();
});

test('an array far above the limit is not answered element by element where nobody waits', async () => {
  const { server } = await start({ maxBatchLength: 2 });
  const client = await openSocket(server.wsUrl);
  client.send([...new Array(100_000).fill(1), put(7)]);
  client.send(put(8));
  await client.until((frames) => frames.some((text) => text.startsWith('{"id":8')));
  expect(parseFrames(client.frames)).toMatchObject([
    { id: null, error: { data: { code: 'BAD_REQUEST' } } },
    { id: 7, error: { data: { code: 'BAD_REQUEST' } } },
    { id: 8, result: { type: 'data' } },
  ]);
});

test('an id that would make every frame large is refused, and not repeated', async () => {
  const { server, log } = await start();
  const client = await openSocket(server.wsUrl);
  client.send({ ...put(1), id: 'a'.repeat(257) });
  client.send({ ...put(2), id: 'a'.repeat(256) });
  await client.until(({ length }) => length === 2);
  expect(parseFrames(client.frames)).toMatchObject([
    { id: null, error: { message: 'Invalid request id' } },
    { id: 'a'.repeat(256), result: { type: 'data' } },
  ]);
  expect(log.calls.map(({ input }) => input)).toEqual([2]);
});

test('a frame that comes a byte at a time is given up before its bytes cost more than it', async () => {
  const { server } = await start();
  const socket = connect(server.port, '127.0.0.1').setNoDelay(true);
  const closed = once(socket, 'close');
  const head = ['GET /trpc HTTP/1.1', 'host: x', 'connection: upgrade', 'upgrade: websocket'];
  const key = `sec-websocket-key: ${Buffer.alloc(16).toString('base64')}`;
  socket.write([...head, key, 'sec-websocket-version: 13', '', ''].join('\r\n'));
  await once(socket, 'data');
  socket.resume();
  // A masked text frame of a million bytes (RFC 6455 section 5.2).
  socket.write(Buffer.from('81ff00000000000f424000000000', 'hex'));
  let sent = 0;
  for (; !socket.destroyed && sent < 100_000; sent += 1) {
    socket.write('a');
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
  expect(sent).toBeLessThan(100_000);
  await closed;
});

test('after refused connectionParams nothing that follows is run', async () => {
  const { server, log } = await start();
  const client = await openSocket(`${server.wsUrl}?connectionParams=1`);
  client.send({ method: 'connectionParams', data: { authorization: 7 } });
  client.send(put(1));
  expect(await client.closed).toBe(1008);
  expect(log.calls).toEqual([]);
});

test('a call begun after the reconnect notice is answered before the socket closes', async () => {
  const { server } = await start({ drainJitterMs: 1, closeAfterNoticeMs: 50 });
  const client = await openSocket(server.wsUrl);
  const drained = server.websocket.drain();
  await client.until(({ length }) => length === 1);
  client.send({ id: 1, method: 'query', params: { path: 'sample.v1.slow.get', input: 250 } });
  expect(await client.closed).toBe(1012);
  await drained;
  expect(parseFrames(client.frames)).toEqual([
    { id: null, method: 'reconnect' },
    { id: 1, result: { type: 'data', data: 250 } },
  ]);
});

test('a refused upgrade does not leave its socket to the client', async () => {
  const { server } = await start({ maxSockets: 0 });
  const socket = connect({ host: '127.0.0.1', port: server.port, allowHalfOpen: true });
  socket.on('error', () => {});
  socket.write(UPGRADE);
  socket.resume();
  await once(socket, 'end');
  closing.splice(0);
  await expect(server.close()).resolves.toBeUndefined();
  socket.destroy();
});
