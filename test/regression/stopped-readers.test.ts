// Readers who stopped held the window of their connection, and with it every other call on it.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createHttp2Transport } from '../../src/upstream/transport/http2/http2-transport.ts';
import type { Transport } from '../../src/upstream/transport/transport.ts';
import { type RunningServer, startRawServer } from '../wire/raw-service.ts';

let server: RunningServer;
let transport: Transport;

beforeAll(async () => {
  server = await startRawServer({
    unary: { Echo: (call, answer) => answer(null, call.request) },
    stream: {
      // More than any window; the rest waits in the backend.
      Flood: (call) => {
        call.on('error', () => {});
        for (let sent = 0; sent < 64; sent += 1) call.write(Buffer.alloc(16_384));
      },
    },
  });
  transport = createHttp2Transport({
    address: { host: '127.0.0.1', port: server.port },
    connectionWindowBytes: 262_144,
    maxConnections: 1,
  });
});

afterAll(async () => {
  await transport.close(0);
  server.close();
});

test('calls pass by any number of streams that nobody reads', async () => {
  const streams = Array.from({ length: 32 }, () =>
    transport.stream({ rpcPath: '/test.Raw/Flood', metadata: [], messages: [] }),
  );
  const readers = streams.map((stream) => stream[Symbol.asyncIterator]());
  await Promise.all(readers.map((reader) => reader.next()));
  const message = Buffer.alloc(32_768, 'order');
  for (let call = 0; call < 50; call += 1) {
    const reply = await transport.unary({
      rpcPath: '/test.Raw/Echo',
      metadata: [],
      message,
      deadline: performance.now() + 10_000,
    });
    expect(reply.message.length).toBe(message.length);
  }
  await Promise.all(readers.map((reader) => reader.return?.()));
});
