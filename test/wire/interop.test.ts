import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Cancellation } from '../../src/lib/cancellation.ts';
import { createGrpcJsTransport } from '../../src/upstream/transport/grpc-js/grpc-js-transport.ts';
import { createHttp2Transport } from '../../src/upstream/transport/http2/http2-transport.ts';
import type { Metadata, Transport } from '../../src/upstream/transport/transport.ts';
import {
  codecOf,
  type MethodCodec,
  type Payload,
  type SimpleRequest,
  type StreamingInputCallRequest,
  type StreamingOutputCallRequest,
} from './interop-contract.ts';
import { startNativeInteropServer } from './interop-native-server.ts';
import { type InteropServer, startNodeInteropServer } from './interop-node-server.ts';

/** The cases of doc/interop-test-descriptions.md of gRPC that a client can be held to. */

const SERVERS = {
  'grpc-js server': startNodeInteropServer,
  'grpc++ server': startNativeInteropServer,
};
const LIMIT = 4 * 1024 * 1024;
const TRANSPORTS = {
  'grpc-js': (port: number) =>
    createGrpcJsTransport({
      address: { host: '127.0.0.1', port },
      maxReceiveMessageBytes: LIMIT,
      maxSendMessageBytes: LIMIT,
    }),
  http2: (port: number) => createHttp2Transport({ address: { host: '127.0.0.1', port } }),
  'http2 with gzip': (port: number) =>
    createHttp2Transport({ address: { host: '127.0.0.1', port }, compression: 'gzip' }),
};

interface PayloadReply {
  readonly payload: Payload;
}

const empty = codecOf<object, object>('EmptyCall');
const unary = codecOf<SimpleRequest, PayloadReply>('UnaryCall');
const output = codecOf<StreamingOutputCallRequest, PayloadReply>('StreamingOutputCall');
const input = codecOf<StreamingInputCallRequest, { readonly aggregated_payload_size: number }>(
  'StreamingInputCall',
);
const duplex = codecOf<StreamingOutputCallRequest, PayloadReply>('FullDuplexCall');
const unimplemented = codecOf<object, object>('UnimplementedCall');

const zeros = (size: number): Payload => ({ body: Buffer.alloc(size) });
const LARGE: SimpleRequest = { response_size: 314_159, payload: zeros(271_828) };
const ECHO: Metadata = [
  ['x-grpc-test-echo-initial', 'test_initial_metadata_value'],
  ['x-grpc-test-echo-trailing-bin', Buffer.from('ababab', 'hex').toString('base64')],
];

let transport: Transport;

async function callUnary<Request extends object, Reply>(
  codec: MethodCodec<Request, Reply>,
  request: Request,
  metadata: Metadata = [],
) {
  const reply = await transport.unary({
    rpcPath: codec.rpcPath,
    metadata,
    message: codec.encode(request),
  });
  return { ...reply, reply: codec.decode(reply.message) };
}

function openStream<Request extends object, Reply>(
  codec: MethodCodec<Request, Reply>,
  requests: Iterable<Request> | AsyncIterable<Request>,
  rest: object = {},
) {
  async function* messages() {
    for await (const request of requests) yield codec.encode(request);
  }
  return transport.stream({
    rpcPath: codec.rpcPath,
    metadata: [],
    messages: messages(),
    ...rest,
  });
}

async function readAll<Request extends object, Reply>(
  codec: MethodCodec<Request, Reply>,
  stream: AsyncIterable<Uint8Array>,
): Promise<Reply[]> {
  const replies: Reply[] = [];
  for await (const message of stream) replies.push(codec.decode(message));
  return replies;
}

const sizesOf = (replies: readonly PayloadReply[]) =>
  replies.map(({ payload }) => payload.body.length);
/** Base64 on the wire may come without its padding (gRPC PROTOCOL-HTTP2, Binary-Header). */
const valuesOf = (metadata: Metadata, name: string) =>
  metadata.filter((field) => field[0] === name).map(([, value]) => value.replace(/=+$/, ''));

describe.each(Object.entries(SERVERS))('%s', (_server, startServer) => {
  let server: InteropServer;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.close());

  describe.each(Object.entries(TRANSPORTS))('%s', (_transport, createTransport) => {
    beforeAll(() => {
      transport = createTransport(server.port);
    });
    afterAll(() => transport.close(0));

    test('empty_unary', async () => {
      const { message } = await callUnary(empty, {});
      expect(message.length).toBe(0);
    });

    test('large_unary', async () => {
      const { reply } = await callUnary(unary, LARGE);
      expect(reply.payload.body.length).toBe(314_159);
    });

    test('client_streaming', async () => {
      const requests = [27_182, 8, 1_828, 45_904].map((size) => ({ payload: zeros(size) }));
      const replies = await readAll(input, openStream(input, requests));
      expect(replies).toMatchObject([{ aggregated_payload_size: 74_922 }]);
    });

    test('server_streaming', async () => {
      const sizes = [31_415, 9, 2_653, 58_979];
      const request = { response_parameters: sizes.map((size) => ({ size })) };
      expect(sizesOf(await readAll(output, openStream(output, [request])))).toEqual(sizes);
    });

    test('ping_pong', async () => {
      const sizes = [
        [31_415, 27_182],
        [9, 8],
        [2_653, 1_828],
        [58_979, 45_904],
      ] as const;
      const got: number[] = [];
      const turn = { next: () => {} };
      async function* requests() {
        for (const [size, payload] of sizes) {
          const answered = new Promise<void>((resolve) => {
            turn.next = resolve;
          });
          yield { response_parameters: [{ size }], payload: zeros(payload) };
          await answered;
        }
      }
      for await (const message of openStream(duplex, requests())) {
        got.push(duplex.decode(message).payload.body.length);
        turn.next();
      }
      expect(got).toEqual(sizes.map(([size]) => size));
    });

    test('empty_stream', async () => {
      expect(await readAll(duplex, openStream(duplex, []))).toEqual([]);
    });

    test('custom_metadata', async () => {
      const { headers, trailers } = await callUnary(unary, LARGE, ECHO);
      expect(valuesOf(headers, 'x-grpc-test-echo-initial')).toEqual([
        'test_initial_metadata_value',
      ]);
      expect(valuesOf(trailers, 'x-grpc-test-echo-trailing-bin')).toEqual(['q6ur']);

      const request = { response_parameters: [{ size: 314_159 }], payload: zeros(271_828) };
      const stream = openStream(duplex, [request], { metadata: ECHO });
      expect(sizesOf(await readAll(duplex, stream))).toEqual([314_159]);
      expect(valuesOf(await stream.headers, 'x-grpc-test-echo-initial')).toEqual([
        'test_initial_metadata_value',
      ]);
      expect(valuesOf(await stream.trailers, 'x-grpc-test-echo-trailing-bin')).toEqual(['q6ur']);
    });

    test.each([
      ['status_code_and_message', 'test status message'],
      [
        'special_status_message',
        '\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n',
      ],
    ])('%s', async (_name, text) => {
      const request = { response_status: { code: 2, message: text } };
      const status = { code: 'UNKNOWN', message: text, origin: 'backend' };
      await expect(callUnary(unary, request)).rejects.toMatchObject(status);
      await expect(readAll(duplex, openStream(duplex, [request]))).rejects.toMatchObject(status);
    });

    test('unimplemented_method', async () => {
      await expect(callUnary(unimplemented, {})).rejects.toMatchObject({ code: 'UNIMPLEMENTED' });
    });

    test('unimplemented_service', async () => {
      const nowhere = { ...unimplemented, rpcPath: '/weir.interop.UnimplementedService/Call' };
      await expect(callUnary(nowhere, {})).rejects.toMatchObject({ code: 'UNIMPLEMENTED' });
    });

    test('cancel_after_begin', async () => {
      const cancellation = new Cancellation();
      const reason = new Error('cancelled by the test');
      const { promise: never } = Promise.withResolvers<void>();
      async function* requests() {
        await never;
        yield {};
      }
      const replies = readAll(input, openStream(input, requests(), { cancellation }));
      cancellation.cancel(reason);
      await expect(replies).rejects.toBe(reason);
    });

    test('cancel_after_first_response', async () => {
      const cancellation = new Cancellation();
      const reason = new Error('cancelled by the test');
      const { promise: never } = Promise.withResolvers<void>();
      async function* requests() {
        yield { response_parameters: [{ size: 31_415 }], payload: zeros(27_182) };
        await never;
      }
      const replies = openStream(duplex, requests(), { cancellation })[Symbol.asyncIterator]();
      const first = await replies.next();
      expect(first.done).toBe(false);
      cancellation.cancel(reason);
      await expect(replies.next()).rejects.toBe(reason);
    });

    test('timeout_on_sleeping_server', async () => {
      const request = {
        response_parameters: [{ size: 1, interval_us: 200_000 }],
        payload: zeros(27_182),
      };
      const deadline = performance.now() + 10;
      const stream = openStream(duplex, [request], { deadline });
      await expect(readAll(duplex, stream)).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    });

    test('concurrent_large_unary', async () => {
      const calls = Array.from({ length: 50 }, () => callUnary(unary, LARGE));
      const sizes = (await Promise.all(calls)).map(({ reply }) => reply.payload.body.length);
      expect(sizes).toEqual(sizes.map(() => 314_159));
    });
  });
});

// Only the native server compresses and tells whether a request was compressed.
describe('compression against the grpc++ server', () => {
  let server: InteropServer;
  beforeAll(async () => {
    server = await startNativeInteropServer();
  });
  afterAll(() => server.close());

  describe.each(Object.entries(TRANSPORTS))('%s', (name, createTransport) => {
    const compresses = name === 'http2 with gzip';
    beforeAll(() => {
      transport = createTransport(server.port);
    });
    afterAll(() => transport.close(0));

    test('client_compressed_unary', async () => {
      const wrong = { ...LARGE, expect_compressed: { value: !compresses } };
      await expect(callUnary(unary, wrong)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
      const { reply } = await callUnary(unary, {
        ...LARGE,
        expect_compressed: { value: compresses },
      });
      expect(reply.payload.body.length).toBe(314_159);
    });

    test('server_compressed_unary', async () => {
      for (const value of [true, false]) {
        const { reply } = await callUnary(unary, { ...LARGE, response_compressed: { value } });
        expect(reply.payload.body.length).toBe(314_159);
      }
    });

    test('client_compressed_streaming', async () => {
      const wrong = { expect_compressed: { value: !compresses }, payload: zeros(27_182) };
      await expect(readAll(input, openStream(input, [wrong]))).rejects.toMatchObject({
        code: 'INVALID_ARGUMENT',
      });
      const right = [27_182, 45_904].map((size) => ({
        expect_compressed: { value: compresses },
        payload: zeros(size),
      }));
      const replies = await readAll(input, openStream(input, right));
      expect(replies).toMatchObject([{ aggregated_payload_size: 73_086 }]);
    });

    test('server_compressed_streaming', async () => {
      const request = {
        response_parameters: [
          { size: 31_415, compressed: { value: true } },
          { size: 92_653, compressed: { value: false } },
        ],
      };
      const replies = await readAll(output, openStream(output, [request]));
      expect(sizesOf(replies)).toEqual([31_415, 92_653]);
    });
  });
});
