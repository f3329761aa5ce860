import { afterEach, expect, test } from 'vitest';
import { createHttp2Transport } from '../../src/upstream/transport/http2/http2-transport.ts';
import type { Transport } from '../../src/upstream/transport/transport.ts';
import {
  END_HEADERS,
  frame,
  greet,
  HEAD,
  type RawServer,
  serve,
  startRawPeer,
  TYPE,
  uint32,
} from '../wire/raw-peer.ts';

let transport: Transport;
let server: RawServer;

afterEach(async () => {
  await transport.close(0);
  await server.close();
});

const REFUSED_STREAM = 7;

// Who has begun to answer has seen the call. A promise of the opposite, as proxies give it when they retry
// or drain in the middle, must not send an order again.
test.each([
  ['RST_STREAM with REFUSED_STREAM', frame(TYPE.reset, 0, 1, uint32(REFUSED_STREAM))],
  ['GOAWAY that leaves the stream out', frame(TYPE.goaway, 0, 0, uint32(0, 0))],
])('%s behind the head of the answer: the call was sent, and goes nowhere else', async (_, end) => {
  server = await startRawPeer(async (peer) => {
    greet(peer);
    if (peer.index > 0) return serve(peer);
    await peer.nextOf(TYPE.data);
    peer.send(frame(TYPE.headers, END_HEADERS, 1, HEAD), end);
  });
  transport = createHttp2Transport({ address: { host: '127.0.0.1', port: server.port } });
  await expect(
    transport.unary({ rpcPath: '/a.A/B', metadata: [], message: Buffer.from('an order') }),
  ).rejects.toMatchObject({ code: 'UNAVAILABLE', neverSent: false });
});
