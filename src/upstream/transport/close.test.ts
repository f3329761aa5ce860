import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { startWaitingServer, type WaitingServer } from '../../../test/wire/waiting-server.ts';
import { createGrpcJsTransport } from './grpc-js/grpc-js-transport.ts';
import { createHttp2Transport } from './http2/http2-transport.ts';
import type { Transport } from './transport.ts';

const LIMITS = { maxReceiveMessageBytes: 1_000, maxSendMessageBytes: 1_000 };

let server: WaitingServer;
let transport: Transport;

beforeEach(async () => {
  server = await startWaitingServer();
});

afterEach(async () => {
  await transport.close(0);
  server.close();
});

describe.each([
  ['http2', createHttp2Transport],
  ['grpc-js', createGrpcJsTransport],
])('closing (%s)', (_, create) => {
  beforeEach(() => {
    transport = create({ address: { host: '127.0.0.1', port: server.port }, ...LIMITS });
  });

  const call = () =>
    transport.unary({ rpcPath: '/test.Raw/Wait', message: Buffer.from('hi'), metadata: [] });

  async function open(): Promise<AsyncIterator<Uint8Array>> {
    const stream = transport.stream({ rpcPath: '/test.Raw/Open', messages: [], metadata: [] });
    const messages = stream[Symbol.asyncIterator]();
    expect(await messages.next()).toMatchObject({ done: false });
    return messages;
  }

  test('waits for what runs, and takes nothing new', async () => {
    const running = call();
    const messages = await open();
    await vi.waitFor(() => expect(server.waiting).toHaveLength(2));
    const closed = transport.close(60_000).then(() => 'closed');
    await expect(call()).rejects.toMatchObject({ code: 'UNAVAILABLE', neverSent: true });
    expect(await Promise.race([closed, Promise.resolve('closing')])).toBe('closing');
    for (const finish of server.waiting) finish();
    expect(Buffer.from((await running).message).toString()).toBe('hi');
    expect(await messages.next()).toMatchObject({ done: true });
    expect(await closed).toBe('closed');
  });

  test('ends what outlasts the grace', async () => {
    const running = call();
    const messages = await open();
    await vi.waitFor(() => expect(server.waiting).toHaveLength(2));
    const cut = { code: 'UNAVAILABLE', neverSent: false };
    const outcomes = [
      expect(running).rejects.toMatchObject(cut),
      expect(messages.next()).rejects.toMatchObject(cut),
    ];
    await transport.close(20);
    await Promise.all(outcomes);
  });
});
