import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { TcpProxy } from '../../../test/chaos/tcp-proxy.ts';
import { type RunningServer, startRawServer } from '../../../test/wire/raw-service.ts';
import { createGrpcJsTransport } from './grpc-js/grpc-js-transport.ts';
import { createHttp2Transport } from './http2/http2-transport.ts';
import type { Transport } from './transport.ts';

const LIMITS = { maxReceiveMessageBytes: 1_000, maxSendMessageBytes: 1_000 };
const CALLS = 5;

let waiting: number;
let server: RunningServer;
let proxy: TcpProxy;
let transport: Transport;

beforeEach(async () => {
  waiting = 0;
  server = await startRawServer({ unary: { Wait: () => waiting++ } });
  proxy = await TcpProxy.start(server.port);
});

afterEach(async () => {
  await transport.close(0);
  proxy.close();
  server.close();
});

async function errorsOfCalls(end: () => void): Promise<ReadonlySet<unknown>> {
  waiting = 0;
  const calls = Array.from({ length: CALLS }, () =>
    transport.unary({ rpcPath: '/test.Raw/Wait', message: Buffer.from('hi'), metadata: [] }),
  );
  const ended = Promise.allSettled(calls);
  await vi.waitFor(() => expect(waiting).toBe(CALLS));
  end();
  return new Set(
    (await ended).map((each) => (each.status === 'rejected' ? each.reason : 'answered')),
  );
}

// Told by this, an endpoint's breaker takes them for the one failure that they are.
test.each([
  ['http2', createHttp2Transport],
  ['grpc-js', createGrpcJsTransport],
])('calls that one connection loses share their error (%s)', async (_, create) => {
  transport = create({ address: { host: proxy.host, port: proxy.port }, ...LIMITS });
  const first = await errorsOfCalls(() => proxy.reset());
  expect([...first]).toEqual([expect.objectContaining({ code: 'UNAVAILABLE', neverSent: false })]);
  const second = await errorsOfCalls(() => proxy.reset());
  expect(second.size).toBe(1);
  expect(new Set([...first, ...second]).size).toBe(2);
});
