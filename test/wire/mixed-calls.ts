import { Cancellation } from '../../src/lib/cancellation.ts';
import { createHttp2Transport } from '../../src/upstream/transport/http2/http2-transport.ts';
import type { Transport } from '../../src/upstream/transport/transport.ts';
import {
  answer,
  block,
  END_HEADERS,
  END_STREAM,
  frame,
  greet,
  HEAD,
  message,
  type RawServer,
  setting,
  startRawPeer,
  TYPE,
  uint32,
} from './raw-peer.ts';

type Call = (transport: Transport) => Promise<unknown>;

const request = { rpcPath: '/a.A/B', metadata: [['x-id', '1']] as const };
const body = Buffer.from('hello');

const unary = (kind: string, rest: object = {}) => ({
  ...request,
  metadata: [...request.metadata, ['x-kind', kind] as const],
  message: Buffer.from(kind),
  ...rest,
});

async function read(transport: Transport, kind: string, leaveAfter: number): Promise<void> {
  const stream = transport.stream({ ...request, messages: [Buffer.from(kind)] });
  let read = 0;
  for await (const _message of stream) {
    read += 1;
    if (read === leaveAfter) break;
  }
}

function cancelled(transport: Transport): Promise<unknown> {
  const cancellation = new Cancellation();
  const call = transport.unary(unary('never', { cancellation }));
  setImmediate(() => cancellation.cancel(new Error('left')));
  return call;
}

async function* twoMessages() {
  yield body;
  await new Promise((resolve) => setImmediate(resolve));
  yield Buffer.from('ok');
}

async function duplex(transport: Transport): Promise<void> {
  for await (const _message of transport.stream({ ...request, messages: twoMessages() }));
}

/** Every kind of call and every way it can end. */
const CALLS: readonly Call[] = [
  (transport) => transport.unary(unary('ok')),
  (transport) => transport.unary(unary('ok', { deadline: performance.now() + 60_000 })),
  (transport) => transport.unary(unary('status')),
  (transport) => transport.unary(unary('reset')),
  (transport) => transport.unary(unary('many')),
  (transport) => transport.unary(unary('never', { deadline: performance.now() + 5 })),
  (transport) => transport.unary(unary('never', { deadline: performance.now() - 5 })),
  cancelled,
  (transport) => read(transport, 'many', -1),
  (transport) => read(transport, 'many', 1),
  (transport) => read(transport, 'status', -1),
  duplex,
];

/** Of so many requests one ends its connection, by GOAWAY or by hanging up. */
const REQUESTS_PER_CONNECTION = 2_000;

const STATUS = block(
  [':status', '200'],
  ['content-type', 'application/grpc'],
  ['grpc-status', '5'],
);
const MANY = Buffer.concat(Array.from({ length: 20 }, () => message(Buffer.alloc(100))));

/** A server that ends each call as its last message asks. */
export async function startMixedServer(): Promise<RawServer> {
  const server = await startRawPeer(async (peer) => {
    greet(peer, setting(3, 200));
    peer.keepReceived = false;
    for (let requests = 1; ; requests += 1) {
      const last = await peer.next(
        ({ type, flags }) => type === TYPE.data && (flags & END_STREAM) !== 0,
      );
      if (last === undefined) {
        // A server that remembered its peers would look like a leak of the client.
        server.peers.splice(server.peers.indexOf(peer), 1);
        return;
      }
      peer.send(answerFor(last.payload.subarray(5).toString(), last.streamId));
      peer.send(frame(TYPE.windowUpdate, 0, 0, uint32(Math.max(1, 2 * last.payload.length))));
      if (requests % REQUESTS_PER_CONNECTION === 0) {
        if (peer.index % 2 === 0) peer.socket.destroy();
        else peer.send(frame(TYPE.goaway, 0, 0, uint32(last.streamId, 0)));
      }
    }
  });
  return server;
}

function answerFor(kind: string, streamId: number): Buffer {
  switch (kind) {
    case 'status':
      return frame(TYPE.headers, END_HEADERS | END_STREAM, streamId, STATUS);
    case 'reset':
      return frame(TYPE.reset, 0, streamId, uint32(2));
    case 'many':
      return Buffer.concat([
        frame(TYPE.headers, END_HEADERS, streamId, HEAD),
        frame(TYPE.data, 0, streamId, MANY),
        frame(TYPE.headers, END_HEADERS | END_STREAM, streamId, block(['grpc-status', '0'])),
      ]);
    case 'never':
      return Buffer.alloc(0);
    default:
      return answer(streamId);
  }
}

/** Runs `count` calls, a hundred at a time, whatever becomes of them; returns how many ended. */
export async function runMixedCalls(transport: Transport, count: number): Promise<number> {
  let begun = 0;
  let ended = 0;
  const work = async () => {
    while (begun < count) {
      const call = CALLS[begun % CALLS.length];
      begun += 1;
      await call?.(transport).catch(() => {});
      ended += 1;
    }
  };
  await Promise.all(Array.from({ length: 100 }, work));
  return ended;
}

export function createMixedTransport(port: number): Transport {
  return createHttp2Transport({ address: { host: '127.0.0.1', port }, reconnectMaxMs: 100 });
}
