import { afterEach, expect, test } from 'vitest';
import { connectToRawPeer, type RawConnection } from './connect-to-raw-peer.ts';
import { answer, END_STREAM, frame, greet, serve, setting, TYPE, uint32 } from './raw-peer.ts';

let connection: RawConnection;

afterEach(() => connection.close());

async function start(...given: Parameters<typeof connectToRawPeer>): Promise<void> {
  connection = await connectToRawPeer(...given);
}

const unary = () =>
  connection.transport.unary({ rpcPath: '/a.A/B', metadata: [], message: Buffer.from('hello') });

test('a large message waits until the one before it is nearly sent', async () => {
  let asked = 0;
  async function* messages() {
    for (; asked < 40; asked += 1) yield Buffer.alloc(1_000_000);
  }
  let askedAtHalf = 0;
  await start(async (peer) => {
    greet(peer);
    peer.keepReceived = false;
    let octets = 0;
    for (;;) {
      const data = await peer.nextOf(TYPE.data, 1);
      if (data === undefined) return;
      octets += data.payload.length;
      if (askedAtHalf === 0 && octets > 4_000_000) askedAtHalf = asked;
      if ((data.flags & END_STREAM) !== 0) break;
      const credit = uint32(data.payload.length);
      peer.send(frame(TYPE.windowUpdate, 0, 0, credit), frame(TYPE.windowUpdate, 0, 1, credit));
    }
    peer.send(answer(1));
  });
  for await (const _ of connection.transport.stream({
    rpcPath: '/a.A/B',
    metadata: [],
    messages: messages(),
  }));
  expect(askedAtHalf).toBeGreaterThan(0);
  expect(askedAtHalf).toBeLessThan(8);
});

test('a peer that stops reading is given no call beyond what its socket holds', async () => {
  await start(
    async (peer) => {
      greet(peer);
      await peer.nextOf(TYPE.headers, 1);
      peer.socket.pause();
      peer.send(answer(1));
    },
    { maxQueuedCalls: 10, maxConnections: 1 },
  );
  await unary();
  const refused: unknown[] = [];
  const metadata: [string, string][] = [['x-large', 'v'.repeat(8_000)]];
  const message = Buffer.alloc(5);
  for (let sent = 0; sent < 4_000 && refused.length === 0; sent += 1) {
    connection.transport
      .unary({ rpcPath: '/a.A/B', metadata, message })
      .catch(({ code, neverSent }) => refused.push([code, neverSent]));
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
  expect(refused).toEqual([['RESOURCE_EXHAUSTED', true]]);
});

test('a header table that shrank and grew again in one SETTINGS frame is told of both', async () => {
  const HEADER_TABLE_SIZE = 1;
  let second: Buffer | undefined;
  await start(async (peer) => {
    greet(peer);
    await peer.nextOf(TYPE.headers, 1);
    peer.send(
      frame(
        TYPE.settings,
        0,
        0,
        Buffer.concat([setting(HEADER_TABLE_SIZE, 0), setting(HEADER_TABLE_SIZE, 4096)]),
      ),
    );
    peer.send(answer(1));
    second = (await peer.nextOf(TYPE.headers, 3))?.payload;
    peer.send(answer(3));
    return serve(peer);
  });
  await unary();
  await unary();
  // RFC 7541 §4.2: a size update to 0, then one to 4096, before the first field.
  expect(second?.subarray(0, 4).toString('hex')).toBe('203fe11f');
});
