import { Metadata as GrpcMetadata, status } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunningServer, startRawServer } from '../../../../test/wire/raw-service.ts';
import { Cancellation } from '../../../lib/cancellation.ts';
import type { Transport } from '../transport.ts';
import { createHttp2Transport } from './http2-transport.ts';

let server: RunningServer;
let transport: Transport;

beforeAll(async () => {
  server = await startRawServer({
    unary: {
      Echo: (call, answer) => {
        call.sendMetadata(call.metadata);
        const trailers = new GrpcMetadata();
        trailers.set('x-trailer', 'seen');
        answer(null, call.request, trailers);
      },
      Fail: (_call, answer) => {
        const metadata = new GrpcMetadata();
        metadata.set('x-why', 'because');
        metadata.set('grpc-status-details-bin', Buffer.from([1, 2, 3]));
        answer({ code: status.NOT_FOUND, details: 'no "é" here\n', metadata });
      },
      Never: () => {},
    },
    stream: {
      EchoAll: (call) => {
        call.on('data', (message: Buffer) => call.write(message));
        call.on('end', () => call.end());
      },
      Count: (call) => {
        call.on('data', (message: Buffer) => {
          for (let index = 0; index < message.readUInt32BE(0); index += 1) {
            call.write(Buffer.from(String(index)));
          }
        });
        call.on('end', () => call.end());
      },
    },
  });
  transport = createHttp2Transport({ address: { host: '127.0.0.1', port: server.port } });
});

afterAll(async () => {
  await transport.close(0);
  server.close();
});

const unary = (method: string, message: Uint8Array, rest: object = {}) =>
  transport.unary({ rpcPath: `/test.Raw/${method}`, metadata: [], message, ...rest });

async function collect(stream: AsyncIterable<Uint8Array>): Promise<Buffer[]> {
  const messages: Buffer[] = [];
  for await (const message of stream) messages.push(Buffer.from(message));
  return messages;
}

describe('unary', () => {
  test('a message comes back with headers and trailers', async () => {
    const reply = await unary('Echo', Buffer.from('hello'), { metadata: [['x-id', '7']] });
    expect(Buffer.from(reply.message).toString()).toBe('hello');
    expect(reply.headers).toContainEqual(['x-id', '7']);
    expect(reply.trailers).toContainEqual(['x-trailer', 'seen']);
  });

  test.each([0, 1, 16_379, 16_380, 65_531, 65_536, 300_000, 4_000_000])(
    'a message of %i bytes',
    async (length) => {
      const message = Buffer.alloc(length, 'abcdefg');
      const reply = await unary('Echo', message);
      expect(Buffer.compare(reply.message, message)).toBe(0);
    },
  );

  test('many at once', async () => {
    const numbers = Array.from({ length: 1_000 }, (_, index) => index);
    const replies = await Promise.all(
      numbers.map((index) => unary('Echo', Buffer.from(String(index)))),
    );
    expect(replies.map(({ message }) => Number(Buffer.from(message).toString()))).toEqual(numbers);
  });

  test('a status with message, details and metadata', async () => {
    await expect(unary('Fail', Buffer.alloc(0))).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: 'no "é" here\n',
      origin: 'backend',
      neverSent: false,
      statusDetails: Buffer.from([1, 2, 3]),
      metadata: expect.arrayContaining([['x-why', 'because']]),
    });
  });

  test('tells when a call waits for a connection, and when it has one', async () => {
    const fresh = createHttp2Transport({ address: { host: '127.0.0.1', port: server.port } });
    const told: string[] = [];
    const notes = { event: (name: string) => void told.push(name) };
    const call = { rpcPath: '/test.Raw/Echo', metadata: [], message: Buffer.alloc(0), notes };
    await fresh.unary(call);
    expect(told).toEqual(['waits for a connection', 'has a connection']);
    await fresh.unary(call);
    expect(told).toHaveLength(2);
    await fresh.close(0);
  });

  test('an unknown method', async () => {
    await expect(unary('Nothing', Buffer.alloc(0))).rejects.toMatchObject({
      code: 'UNIMPLEMENTED',
    });
  });

  test('a deadline', async () => {
    const deadline = performance.now() + 20;
    await expect(unary('Never', Buffer.alloc(0), { deadline })).rejects.toMatchObject({
      code: 'DEADLINE_EXCEEDED',
    });
    expect(performance.now()).toBeGreaterThanOrEqual(deadline);
  });

  test('a deadline that is spent sends nothing', async () => {
    const deadline = performance.now() - 1;
    await expect(unary('Never', Buffer.alloc(0), { deadline })).rejects.toMatchObject({
      code: 'DEADLINE_EXCEEDED',
      origin: 'gateway',
      neverSent: true,
    });
  });

  test('cancellation throws its reason', async () => {
    const cancellation = new Cancellation();
    const reason = new Error('left');
    const call = unary('Never', Buffer.alloc(0), { cancellation });
    cancellation.cancel(reason);
    await expect(call).rejects.toBe(reason);
  });

  test.each([
    ['X-Upper', 'value', /"X-Upper"/],
    ['x-id', 'line\nbreak', /"x-id"/],
    ['x-id', 'é', /base64/],
  ])('metadata %s: %j cannot be sent', async (name, value, message) => {
    await expect(unary('Echo', Buffer.alloc(0), { metadata: [[name, value]] })).rejects.toThrow(
      message,
    );
  });

  test('a message above the limit is not sent', async () => {
    await expect(unary('Echo', Buffer.alloc(5_000_000))).rejects.toMatchObject({
      code: 'RESOURCE_EXHAUSTED',
      neverSent: true,
    });
  });
});

describe('stream', () => {
  test('messages both ways, in order, ending with trailers', async () => {
    const sent = Array.from({ length: 100 }, (_, index) => Buffer.alloc(index * 100, index));
    const stream = transport.stream({ rpcPath: '/test.Raw/EchoAll', metadata: [], messages: sent });
    const received = await collect(stream);
    expect(received).toEqual(sent);
    await expect(stream.trailers).resolves.toEqual([]);
  });

  test('ping-pong', async () => {
    const answered: string[] = [];
    const replies: { next?: () => void } = {};
    async function* requests() {
      for (const text of ['a', 'b', 'c']) {
        yield Buffer.from(text);
        await new Promise<void>((resolve) => {
          replies.next = resolve;
        });
      }
    }
    const stream = transport.stream({
      rpcPath: '/test.Raw/EchoAll',
      metadata: [],
      messages: requests(),
    });
    for await (const message of stream) {
      answered.push(Buffer.from(message).toString());
      replies.next?.();
    }
    expect(answered).toEqual(['a', 'b', 'c']);
  });

  test('many small messages for a slow reader', async () => {
    const request = Buffer.alloc(4);
    request.writeUInt32BE(20_000);
    const stream = transport.stream({
      rpcPath: '/test.Raw/Count',
      metadata: [],
      messages: [request],
    });
    let expected = 0;
    for await (const message of stream) {
      expect(Buffer.from(message).toString()).toBe(String(expected));
      expected += 1;
      if (expected % 1_000 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    expect(expected).toBe(20_000);
  });

  test('leaving early cancels the call and leaves the connection usable', async () => {
    const request = Buffer.alloc(4);
    request.writeUInt32BE(50_000);
    const stream = transport.stream({
      rpcPath: '/test.Raw/Count',
      metadata: [],
      messages: [request],
    });
    for await (const message of stream) {
      expect(Buffer.from(message).toString()).toBe('0');
      break;
    }
    const reply = await unary('Echo', Buffer.from('after'));
    expect(Buffer.from(reply.message).toString()).toBe('after');
  });

  test('a fault of the request side ends the call with it', async () => {
    async function* requests() {
      yield Buffer.from('one');
      throw new Error('no more');
    }
    const stream = transport.stream({
      rpcPath: '/test.Raw/EchoAll',
      metadata: [],
      messages: requests(),
    });
    await expect(collect(stream)).rejects.toMatchObject({ code: 'INTERNAL' });
  });
});

test('an endpoint that refuses connections: unavailable, and provably never sent', async () => {
  const gone = createHttp2Transport({ address: { host: '127.0.0.1', port: 1 } });
  await expect(
    gone.unary({ rpcPath: '/a.B/C', metadata: [], message: new Uint8Array() }),
  ).rejects.toMatchObject({ code: 'UNAVAILABLE', origin: 'backend', neverSent: true });
  await gone.close(0);
});
