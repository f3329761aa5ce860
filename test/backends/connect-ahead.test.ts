import { once } from 'node:events';
import { createServer, type Http2Server, type ServerHttp2Session } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test, vi } from 'vitest';
import { createHttp2Transport } from '../../src/upstream/transport/http2/http2-transport.ts';
import type { Http2TransportOptions } from '../../src/upstream/transport/http2/options.ts';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function startServer(port = 0) {
  const server: Http2Server = createServer();
  const sessions: ServerHttp2Session[] = [];
  const open = new Set<ServerHttp2Session>();
  const pings: ServerHttp2Session[] = [];
  server.on('session', (session) => {
    sessions.push(session);
    open.add(session);
    session.on('error', () => {});
    session.on('ping', () => pings.push(session));
    session.on('close', () => open.delete(session));
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const stop = async () => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    for (const session of open) session.destroy();
    await closed;
  };
  cleanUps.push(stop);
  return { port: (server.address() as AddressInfo).port, sessions, open, pings, stop };
}

function connect(port: number, options: Partial<Http2TransportOptions> = {}) {
  const transport = createHttp2Transport({
    address: { host: '127.0.0.1', port },
    reconnectBaseMs: 5,
    reconnectMaxMs: 20,
    ...options,
  });
  cleanUps.push(() => transport.close(0));
  transport.connect();
  return transport;
}

test('a connection is there before the first call, and only one', async () => {
  const server = await startServer();
  const transport = connect(server.port);
  transport.connect();
  await vi.waitFor(() => expect(server.sessions).toHaveLength(1));
  await transport.close(0);
  await vi.waitFor(() => expect(server.open.size).toBe(0));
  expect(server.sessions).toHaveLength(1);
});

test.each([
  ['broken', (session: ServerHttp2Session) => session.destroy()],
  ['closed by GOAWAY', (session: ServerHttp2Session) => session.close()],
])('a connection that was %s is replaced though nobody calls', async (_, end) => {
  const server = await startServer();
  connect(server.port);
  await vi.waitFor(() => expect(server.sessions).toHaveLength(1));
  for (const session of server.open) end(session);
  await vi.waitFor(() => expect(server.sessions).toHaveLength(2));
  await vi.waitFor(() => expect(server.open.size).toBe(1));
});

test('a peer that opens connections only to close them is not asked without a pause', async () => {
  const server = await startServer();
  const began = performance.now();
  connect(server.port, { reconnectBaseMs: 50 });
  for (let count = 1; count <= 4; count++) {
    await vi.waitFor(() => expect(server.sessions).toHaveLength(count), {
      interval: 1,
      timeout: 20_000,
    });
    for (const session of server.open) session.destroy();
  }
  // Timers may fire a fraction of a millisecond early.
  expect(performance.now() - began).toBeGreaterThan(3 * 50 - 3);
});

test('a backend that comes back is connected to before the next call', async () => {
  const first = await startServer();
  connect(first.port);
  await vi.waitFor(() => expect(first.sessions).toHaveLength(1));
  await first.stop();
  const second = await startServer(first.port);
  await vi.waitFor(() => expect(second.sessions).toHaveLength(1));
});

test.each([
  [true, 1],
  [false, 0],
])('keep-alive while idle %s', async (keepAliveWhenIdle, least) => {
  const server = await startServer();
  connect(server.port, { keepAliveWhenIdle, keepAliveIntervalMs: 10, idleTimeoutMs: 200 });
  await vi.waitFor(() => expect(server.sessions).toHaveLength(1));
  // Until the idle connection is given up there is time for many PINGs.
  await vi.waitFor(() => expect(server.sessions).toHaveLength(2));
  const [session] = server.sessions;
  const pinged = server.pings.filter((each) => each === session).length;
  expect(pinged > 0 ? 1 : 0).toBe(least);
});
