import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { GrpcCode } from '../../src/errors.ts';
import { createHttp2Transport } from '../../src/upstream/transport/http2/http2-transport.ts';
import type { Http2TransportOptions } from '../../src/upstream/transport/http2/options.ts';
import {
  ACK,
  answer,
  block,
  END_HEADERS,
  END_STREAM,
  frame,
  greet,
  HEAD,
  message,
  PADDED,
  type RawPeer,
  serve,
  setting,
  startRawPeer,
  TRAILERS,
  TYPE,
  uint32,
} from './raw-peer.ts';

const CODE = {
  PROTOCOL_ERROR: 1,
  FLOW_CONTROL_ERROR: 3,
  STREAM_CLOSED: 5,
  FRAME_SIZE_ERROR: 6,
  CANCEL: 8,
  COMPRESSION_ERROR: 9,
  ENHANCE_YOUR_CALM: 11,
} as const;

interface Attack {
  readonly name: string;
  /** What the server sends instead of an answer to the call on stream 1. */
  readonly sends: readonly Uint8Array[] | ((peer: RawPeer) => void);
  /** The frame that must come back, with this code. */
  readonly reaction: readonly ['connection' | 'stream', keyof typeof CODE];
  readonly status: GrpcCode | 'OK';
  readonly options?: Partial<Http2TransportOptions>;
}

const head = frame(TYPE.headers, END_HEADERS, 1, HEAD);
const trailers = frame(TYPE.headers, END_HEADERS | END_STREAM, 1, TRAILERS);
const headersOf = (...fields: readonly (readonly [string, string])[]) =>
  frame(TYPE.headers, END_HEADERS, 1, block(...fields));
const OK_FIELDS = [
  [':status', '200'],
  ['content-type', 'application/grpc'],
] as const;
const many = (count: number, bytes: Uint8Array) => [
  Buffer.concat(Array.from({ length: count }, () => bytes)),
];

/** Connection errors: the call fails with UNAVAILABLE, because its connection is gone. */
const CONNECTION_ATTACKS: readonly (readonly [
  name: string,
  code: keyof typeof CODE,
  ...frames: readonly Uint8Array[],
])[] = [
  // RFC 9113 §4.2, §6: streams and lengths.
  ['DATA on stream 0', 'PROTOCOL_ERROR', frame(TYPE.data, 0, 0, Buffer.from('x'))],
  ['HEADERS on stream 0', 'PROTOCOL_ERROR', frame(TYPE.headers, END_HEADERS, 0, HEAD)],
  ['PRIORITY on stream 0', 'PROTOCOL_ERROR', frame(TYPE.priority, 0, 0, Buffer.alloc(5))],
  ['RST_STREAM on stream 0', 'PROTOCOL_ERROR', frame(TYPE.reset, 0, 0, uint32(8))],
  ['SETTINGS on a stream', 'PROTOCOL_ERROR', frame(TYPE.settings, 0, 1)],
  ['PING on a stream', 'PROTOCOL_ERROR', frame(TYPE.ping, 0, 1, Buffer.alloc(8))],
  ['GOAWAY on a stream', 'PROTOCOL_ERROR', frame(TYPE.goaway, 0, 1, Buffer.alloc(8))],
  ['SETTINGS of 5 octets', 'FRAME_SIZE_ERROR', frame(TYPE.settings, 0, 0, Buffer.alloc(5))],
  [
    'SETTINGS acknowledged with a payload',
    'FRAME_SIZE_ERROR',
    frame(TYPE.settings, ACK, 0, Buffer.alloc(6)),
  ],
  ['PING of 7 octets', 'FRAME_SIZE_ERROR', frame(TYPE.ping, 0, 0, Buffer.alloc(7))],
  ['RST_STREAM of 3 octets', 'FRAME_SIZE_ERROR', frame(TYPE.reset, 0, 1, Buffer.alloc(3))],
  [
    'WINDOW_UPDATE of 3 octets',
    'FRAME_SIZE_ERROR',
    frame(TYPE.windowUpdate, 0, 1, Buffer.alloc(3)),
  ],
  ['GOAWAY of 7 octets', 'FRAME_SIZE_ERROR', frame(TYPE.goaway, 0, 0, Buffer.alloc(7))],
  [
    'a frame above MAX_FRAME_SIZE',
    'FRAME_SIZE_ERROR',
    frame(TYPE.data, 0, 1, Buffer.alloc(70_000)),
  ],
  ['PUSH_PROMISE', 'PROTOCOL_ERROR', frame(TYPE.push, END_HEADERS, 1, Buffer.alloc(4))],
  // §6.1, §6.2: padding.
  [
    'DATA padded beyond its end',
    'PROTOCOL_ERROR',
    head,
    frame(TYPE.data, PADDED, 1, Buffer.from([9, 0])),
  ],
  ['DATA padded without a pad length', 'FRAME_SIZE_ERROR', head, frame(TYPE.data, PADDED, 1)],
  [
    'HEADERS padded beyond its end',
    'PROTOCOL_ERROR',
    frame(TYPE.headers, END_HEADERS | PADDED, 1, Buffer.from([9, 0])),
  ],
  [
    'HEADERS padded without a pad length',
    'FRAME_SIZE_ERROR',
    frame(TYPE.headers, END_HEADERS | PADDED, 1),
  ],
  // §6.5.2: settings.
  ['ENABLE_PUSH of 1', 'PROTOCOL_ERROR', frame(TYPE.settings, 0, 0, setting(2, 1))],
  [
    'INITIAL_WINDOW_SIZE of 2^31',
    'FLOW_CONTROL_ERROR',
    frame(TYPE.settings, 0, 0, setting(4, 2 ** 31)),
  ],
  ['MAX_FRAME_SIZE of 16,383', 'PROTOCOL_ERROR', frame(TYPE.settings, 0, 0, setting(5, 16_383))],
  ['MAX_FRAME_SIZE of 2^24', 'PROTOCOL_ERROR', frame(TYPE.settings, 0, 0, setting(5, 2 ** 24))],
  // §6.9: windows.
  [
    'a WINDOW_UPDATE of 0 for the connection',
    'PROTOCOL_ERROR',
    frame(TYPE.windowUpdate, 0, 0, uint32(0)),
  ],
  [
    'a connection window above 2^31-1',
    'FLOW_CONTROL_ERROR',
    frame(TYPE.windowUpdate, 0, 0, uint32(0x7fff_ffff)),
  ],
  [
    'INITIAL_WINDOW_SIZE lifting a stream window above 2^31-1',
    'FLOW_CONTROL_ERROR',
    frame(TYPE.windowUpdate, 0, 1, uint32(0x7fff_ffff - 65_535)),
    frame(TYPE.settings, 0, 0, setting(4, 66_000)),
  ],
  // §5.1: idle streams, ours and the server's.
  ['HEADERS for an idle stream', 'PROTOCOL_ERROR', frame(TYPE.headers, END_HEADERS, 99, HEAD)],
  ['DATA for an idle stream', 'PROTOCOL_ERROR', frame(TYPE.data, 0, 99, Buffer.alloc(1))],
  ['RST_STREAM for an idle stream', 'PROTOCOL_ERROR', frame(TYPE.reset, 0, 99, uint32(8))],
  [
    'WINDOW_UPDATE for an idle stream',
    'PROTOCOL_ERROR',
    frame(TYPE.windowUpdate, 0, 99, uint32(1)),
  ],
  [
    'HEADERS for a stream of the server',
    'PROTOCOL_ERROR',
    frame(TYPE.headers, END_HEADERS, 2, HEAD),
  ],
  // §6.10: header blocks.
  ['CONTINUATION out of nowhere', 'PROTOCOL_ERROR', frame(TYPE.continuation, END_HEADERS, 1, HEAD)],
  [
    'DATA inside a header block',
    'PROTOCOL_ERROR',
    frame(TYPE.headers, 0, 1, HEAD),
    frame(TYPE.data, 0, 1, Buffer.alloc(1)),
  ],
  [
    'an unknown frame inside a header block',
    'PROTOCOL_ERROR',
    frame(TYPE.headers, 0, 1, HEAD),
    frame(0x42, 0, 0),
  ],
  [
    'CONTINUATION of another stream',
    'PROTOCOL_ERROR',
    frame(TYPE.headers, 0, 1, HEAD),
    frame(TYPE.continuation, END_HEADERS, 3),
  ],
  // §4.3: compression.
  [
    'an index in no table',
    'COMPRESSION_ERROR',
    frame(TYPE.headers, END_HEADERS, 1, Buffer.from([0xff, 0x7f])),
  ],
  [
    'a block cut off',
    'COMPRESSION_ERROR',
    frame(TYPE.headers, END_HEADERS, 1, Buffer.from([0, 5, 97])),
  ],
  [
    'a table larger than announced',
    'COMPRESSION_ERROR',
    frame(TYPE.headers, END_HEADERS, 1, Buffer.from([0x3f, 0xe2, 0x1f])),
  ],
  // §10.5: floods.
  [
    'CONTINUATION without end',
    'ENHANCE_YOUR_CALM',
    frame(TYPE.headers, 0, 1, HEAD),
    ...many(100, frame(TYPE.continuation, 0, 1)),
  ],
  [
    'a header block without end',
    'ENHANCE_YOUR_CALM',
    frame(TYPE.headers, 0, 1, HEAD),
    ...many(20, frame(TYPE.continuation, 0, 1, Buffer.alloc(16_384, 0x82))),
  ],
  ['a PING flood', 'ENHANCE_YOUR_CALM', ...many(2_100, frame(TYPE.ping, 0, 0, Buffer.alloc(8)))],
  ['a SETTINGS flood', 'ENHANCE_YOUR_CALM', ...many(2_100, frame(TYPE.settings, 0, 0))],
  [
    'a flood of SETTINGS acknowledgements',
    'ENHANCE_YOUR_CALM',
    ...many(2_100, frame(TYPE.settings, ACK, 0)),
  ],
  [
    'a PRIORITY flood',
    'ENHANCE_YOUR_CALM',
    ...many(2_100, frame(TYPE.priority, 0, 1, Buffer.alloc(5))),
  ],
  ['a flood of unknown frames', 'ENHANCE_YOUR_CALM', ...many(2_100, frame(0x42, 0, 0))],
  ['a flood of empty DATA', 'ENHANCE_YOUR_CALM', head, ...many(2_100, frame(TYPE.data, 0, 1))],
  [
    'a flood of interim responses',
    'ENHANCE_YOUR_CALM',
    ...many(2_100, headersOf([':status', '103'])),
  ],
  [
    'a GOAWAY storm',
    'ENHANCE_YOUR_CALM',
    ...many(2_100, frame(TYPE.goaway, 0, 0, uint32(0x7fff_ffff, 0))),
  ],
];

/** Stream errors: the call fails, its connection lives on. */
const STREAM_ATTACKS: readonly (readonly [
  name: string,
  code: keyof typeof CODE,
  status: GrpcCode,
  ...frames: readonly Uint8Array[],
])[] = [
  ['a WINDOW_UPDATE of 0', 'PROTOCOL_ERROR', 'INTERNAL', frame(TYPE.windowUpdate, 0, 1, uint32(0))],
  [
    'a stream window above 2^31-1',
    'FLOW_CONTROL_ERROR',
    'INTERNAL',
    frame(TYPE.windowUpdate, 0, 1, uint32(0x7fff_ffff)),
  ],
  [
    'a PRIORITY of 4 octets',
    'FRAME_SIZE_ERROR',
    'INTERNAL',
    frame(TYPE.priority, 0, 1, Buffer.alloc(4)),
  ],
  [
    'more DATA than the window',
    'FLOW_CONTROL_ERROR',
    'INTERNAL',
    head,
    frame(TYPE.data, 0, 1, Buffer.alloc(65_536)),
  ],
  [
    'DATA before HEADERS',
    'PROTOCOL_ERROR',
    'INTERNAL',
    frame(TYPE.data, 0, 1, message(Buffer.alloc(1))),
  ],
  ['no :status', 'PROTOCOL_ERROR', 'INTERNAL', headersOf(['content-type', 'application/grpc'])],
  ['an empty section', 'PROTOCOL_ERROR', 'INTERNAL', frame(TYPE.headers, END_HEADERS, 1)],
  ['two :status', 'PROTOCOL_ERROR', 'INTERNAL', headersOf([':status', '200'], [':status', '200'])],
  ['a :status of words', 'PROTOCOL_ERROR', 'INTERNAL', headersOf([':status', 'fine'])],
  [
    'a request pseudo-header',
    'PROTOCOL_ERROR',
    'INTERNAL',
    headersOf([':path', '/'], ...OK_FIELDS),
  ],
  [
    'a pseudo-header behind a field',
    'PROTOCOL_ERROR',
    'INTERNAL',
    headersOf(['a', 'b'], ...OK_FIELDS),
  ],
  ['an upper-case name', 'PROTOCOL_ERROR', 'INTERNAL', headersOf(...OK_FIELDS, ['X-A', 'b'])],
  ['an empty name', 'PROTOCOL_ERROR', 'INTERNAL', headersOf(...OK_FIELDS, ['', 'b'])],
  ['a name with a space', 'PROTOCOL_ERROR', 'INTERNAL', headersOf(...OK_FIELDS, ['a b', 'b'])],
  ['a value with NUL', 'PROTOCOL_ERROR', 'INTERNAL', headersOf(...OK_FIELDS, ['a', 'b\0'])],
  [
    'a value with a line break',
    'PROTOCOL_ERROR',
    'INTERNAL',
    headersOf(...OK_FIELDS, ['a', 'b\r\nc']),
  ],
  [
    'a value with space around it',
    'PROTOCOL_ERROR',
    'INTERNAL',
    headersOf(...OK_FIELDS, ['a', ' b']),
  ],
  [
    'a connection field',
    'PROTOCOL_ERROR',
    'INTERNAL',
    headersOf(...OK_FIELDS, ['connection', 'close']),
  ],
  [
    'transfer-encoding',
    'PROTOCOL_ERROR',
    'INTERNAL',
    headersOf(...OK_FIELDS, ['transfer-encoding', 'chunked']),
  ],
  [
    'a content-length of words',
    'PROTOCOL_ERROR',
    'INTERNAL',
    headersOf(...OK_FIELDS, ['content-length', 'x']),
  ],
  ['101', 'PROTOCOL_ERROR', 'INTERNAL', headersOf([':status', '101'])],
  ['a second header section', 'PROTOCOL_ERROR', 'INTERNAL', head, head],
  [
    'a pseudo-header among the trailers',
    'PROTOCOL_ERROR',
    'INTERNAL',
    head,
    frame(TYPE.headers, END_HEADERS | END_STREAM, 1, HEAD),
  ],
  [
    'an HTTP error page',
    'CANCEL',
    'UNAVAILABLE',
    headersOf([':status', '503'], ['content-type', 'text/html']),
  ],
  [
    'an answer that is not gRPC',
    'CANCEL',
    'UNKNOWN',
    headersOf([':status', '200'], ['content-type', 'text/html']),
  ],
  [
    'headers above the limit',
    'CANCEL',
    'RESOURCE_EXHAUSTED',
    headersOf(
      ...OK_FIELDS,
      // Small on the wire: each counts 34 octets (RFC 9113 §6.5.2).
      ...Array.from({ length: 2_000 }, () => ['a', 'b'] as const),
    ),
  ],
  [
    'a message above the limit',
    'CANCEL',
    'RESOURCE_EXHAUSTED',
    head,
    frame(TYPE.data, 0, 1, Buffer.from([0, 0xff, 0xff, 0xff, 0xff])),
  ],
  [
    'a wrong compressed flag',
    'CANCEL',
    'INTERNAL',
    head,
    frame(TYPE.data, 0, 1, message(Buffer.alloc(1), 2)),
  ],
  [
    'compression without an encoding',
    'CANCEL',
    'INTERNAL',
    head,
    frame(TYPE.data, 0, 1, message(Buffer.alloc(1), 1)),
  ],
  [
    'an encoding nobody offered',
    'CANCEL',
    'UNIMPLEMENTED',
    headersOf(...OK_FIELDS, ['grpc-encoding', 'br']),
    frame(TYPE.data, 0, 1, message(Buffer.alloc(1), 1)),
  ],
  [
    'gzip that is none',
    'CANCEL',
    'INTERNAL',
    headersOf(...OK_FIELDS, ['grpc-encoding', 'gzip']),
    frame(TYPE.data, 0, 1, message(Buffer.from('no gzip'), 1)),
  ],
  [
    'a decompression bomb',
    'CANCEL',
    'RESOURCE_EXHAUSTED',
    headersOf(...OK_FIELDS, ['grpc-encoding', 'gzip']),
    frame(TYPE.data, 0, 1, message(gzipSync(Buffer.alloc(8 * 1024 * 1024)), 1)),
  ],
  [
    'two messages to a unary call',
    'CANCEL',
    'UNIMPLEMENTED',
    head,
    frame(TYPE.data, 0, 1, Buffer.concat([message(Buffer.alloc(1)), message(Buffer.alloc(1))])),
  ],
];

/** Not errors of the call: it succeeds, and the rest is answered. */
const LATE_ATTACKS: readonly Attack[] = [
  {
    name: 'DATA behind the trailers',
    sends: [answer(1), frame(TYPE.data, 0, 1, Buffer.alloc(1))],
    reaction: ['stream', 'STREAM_CLOSED'],
    status: 'OK',
  },
  {
    name: 'HEADERS behind the trailers',
    sends: [answer(1), trailers],
    reaction: ['stream', 'STREAM_CLOSED'],
    status: 'OK',
  },
  {
    name: 'a flood behind the trailers',
    sends: [answer(1), ...many(2_100, frame(TYPE.reset, 0, 1, uint32(8)))],
    reaction: ['connection', 'ENHANCE_YOUR_CALM'],
    status: 'OK',
  },
];

const ATTACKS: readonly Attack[] = [
  ...CONNECTION_ATTACKS.map(
    ([name, code, ...sends]): Attack => ({
      name,
      sends,
      reaction: ['connection', code],
      status: 'UNAVAILABLE',
    }),
  ),
  {
    name: 'more DATA than the connection window',
    sends: [head, frame(TYPE.data, 0, 1, Buffer.alloc(65_536))],
    reaction: ['connection', 'FLOW_CONTROL_ERROR'],
    status: 'UNAVAILABLE',
    options: { connectionWindowBytes: 65_535 },
  },
  ...STREAM_ATTACKS.map(
    ([name, code, status, ...sends]): Attack => ({
      name,
      sends,
      reaction: ['stream', code],
      status,
    }),
  ),
  ...LATE_ATTACKS,
];

test.each(ATTACKS)('$name: $reaction, $status', async ({ sends, reaction, status, options }) => {
  const [scope, code] = reaction;
  const { promise: reacted, resolve: react } = Promise.withResolvers<number | undefined>();
  const server = await startRawPeer(async (peer) => {
    greet(peer);
    if (peer.index > 0) return serve(peer);
    await peer.nextOf(TYPE.data, 1);
    if (typeof sends === 'function') sends(peer);
    else peer.send(...sends);
    const type = scope === 'connection' ? TYPE.goaway : TYPE.reset;
    const frameBack = await peer.nextOf(type);
    react(frameBack?.payload.readUInt32BE(scope === 'connection' ? 4 : 0));
    await serve(peer);
  });
  const transport = createHttp2Transport({
    address: { host: '127.0.0.1', port: server.port },
    ...options,
  });
  const call = (path: string) =>
    transport.unary({ rpcPath: path, metadata: [], message: Buffer.from('hello') });

  const outcome = await call('/a.A/Attacked').then(
    () => 'OK',
    (error) => error.code,
  );
  expect(outcome).toBe(status);
  expect(await reacted).toBe(CODE[code]);
  const { message: after } = await call('/a.A/After');
  expect(Buffer.from(after).toString()).toBe('ok');
  expect(server.peers.length).toBe(scope === 'connection' ? 2 : 1);

  await transport.close(0);
  await server.close();
});
