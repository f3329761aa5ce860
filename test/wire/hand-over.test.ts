import { afterEach, expect, test } from 'vitest';
import { connectToRawPeer, type RawConnection } from './connect-to-raw-peer.ts';
import { answer, END_STREAM, frame, greet, serve, setting, TYPE, uint32 } from './raw-peer.ts';

let connection: RawConnection;

afterEach(() => connection.close());

async function start(...given: Parameters<typeof connectToRawPeer>): Promise<void> {
  connection = await connectToRawPeer(...given);
}

const call = (text = 'hello') =>
  connection.transport.unary({ rpcPath: '/a.A/B', metadata: [], message: Buffer.from(text) });

const goaway = (lastStreamId: number, code = 0) =>
  frame(TYPE.goaway, 0, 0, uint32(lastStreamId, code));

const isRequest = ({ type, flags }: { type: number; flags: number }) =>
  type === TYPE.data && (flags & END_STREAM) !== 0;

test('GOAWAY: calls the peer took finish, calls above its last id begin again elsewhere', async () => {
  await start(async (peer) => {
    greet(peer);
    if (peer.index > 0) return serve(peer);
    for (let requests = 0; requests < 3; requests += 1) await peer.next(isRequest);
    peer.send(goaway(1));
    peer.send(answer(1, Buffer.from('finished')));
  });
  const replies = await Promise.all([call(), call(), call()]);
  expect(replies.map(({ message }) => Buffer.from(message).toString())).toEqual([
    'finished',
    'ok',
    'ok',
  ]);
  expect(connection.server.peers.length).toBe(2);
});

test('a stream above the last id fails, marked safe to retry', async () => {
  await start(async (peer) => {
    greet(peer);
    await peer.nextOf(TYPE.headers);
    peer.send(goaway(0));
  });
  const stream = connection.transport.stream({
    rpcPath: '/a.A/B',
    metadata: [],
    messages: [Buffer.alloc(1)],
  });
  await expect(stream[Symbol.asyncIterator]().next()).rejects.toMatchObject({
    code: 'UNAVAILABLE',
    neverSent: true,
  });
});

test.each([
  ['after GOAWAY: it went away', [goaway(0x7fff_ffff)], 'UNAVAILABLE'],
  ['on its own: it cancelled', [], 'CANCELLED'],
])('CANCEL from the peer %s, and the call may have run', async (_, before, code) => {
  await start(async (peer) => {
    greet(peer);
    await peer.next(isRequest);
    for (const bytes of before) peer.send(bytes);
    peer.send(frame(TYPE.reset, 0, 1, uint32(8)));
  });
  await expect(call()).rejects.toMatchObject({ code, neverSent: false, answered: false });
});

test('a peer that turns every call away is given up after the second try', async () => {
  await start(async (peer) => {
    greet(peer);
    await peer.nextOf(TYPE.headers);
    peer.send(goaway(0));
  });
  await expect(call()).rejects.toMatchObject({ code: 'UNAVAILABLE', neverSent: true });
  expect(connection.server.peers.length).toBe(2);
});

test('a graceful shutdown under load loses no call', async () => {
  await start(async (peer) => {
    greet(peer);
    let served = 0;
    for (;;) {
      const request = await peer.next(isRequest);
      if (request === undefined) return;
      peer.send(answer(request.streamId));
      served += 1;
      if (served === 20) peer.send(goaway(0x7fff_ffff));
      if (served === 40) peer.send(goaway(request.streamId));
    }
  });
  let running = 0;
  const worker = async () => {
    for (let calls = 0; calls < 50; calls += 1) {
      running += 1;
      const { message } = await call();
      expect(Buffer.from(message).toString()).toBe('ok');
      running -= 1;
    }
  };
  await Promise.all(Array.from({ length: 8 }, worker));
  expect(running).toBe(0);
  expect(connection.server.peers.length).toBeGreaterThan(5);
});

test('a connection lost with calls in flight: unavailable, and not safe to retry', async () => {
  await start(async (peer) => {
    greet(peer);
    if (peer.index > 0) return serve(peer);
    await peer.next(isRequest);
    peer.socket.destroy();
  });
  await expect(call()).rejects.toMatchObject({ code: 'UNAVAILABLE', neverSent: false });
  await call();
});

test('a call whose frames were never handed to the socket is safe to retry', async () => {
  await start(
    async (peer) => {
      greet(peer, setting(3, 1));
      await peer.next(isRequest);
      // The waiting call begins with the answer; the fault behind it is read in the same turn.
      peer.send(answer(1), frame(TYPE.settings, 0, 1));
    },
    { maxConnections: 1 },
  );
  const [first, second] = await Promise.allSettled([call(), call()]);
  expect(first?.status).toBe('fulfilled');
  expect(second).toMatchObject({ reason: { code: 'UNAVAILABLE', neverSent: true } });
});

test('more calls than streams: more connections, then a bounded queue, then refusal', async () => {
  const held: (() => void)[] = [];
  await start(
    async (peer) => {
      greet(peer, setting(3, 2));
      for (;;) {
        const request = await peer.next(isRequest);
        if (request === undefined) return;
        held.push(() => peer.send(answer(request.streamId)));
        if (held.length === 3) for (const release of held) release();
      }
    },
    { maxConnections: 2, maxQueuedCalls: 3 },
  );
  const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => call()));
  // Before the first connection stands, three may wait; the other five are refused.
  expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(5);
  expect(outcomes[7]).toMatchObject({
    reason: { code: 'RESOURCE_EXHAUSTED', origin: 'gateway', neverSent: true },
  });
  expect(connection.server.peers.length).toBe(2);
});

test('never more streams than the peer allows', async () => {
  let open = 0;
  let most = 0;
  await start(
    async (peer) => {
      greet(peer, setting(3, 5));
      for (;;) {
        const request = await peer.next(isRequest);
        if (request === undefined) return;
        open += 1;
        most = Math.max(most, open);
        setImmediate(() => {
          open -= 1;
          peer.send(answer(request.streamId));
        });
      }
    },
    { maxConnections: 1 },
  );
  await Promise.all(Array.from({ length: 200 }, () => call()));
  expect(most).toBeLessThanOrEqual(5);
  expect(connection.server.peers.length).toBe(1);
});

test('failed connects are paused between, and calls meanwhile fail at once', async () => {
  await start((peer) => peer.socket.destroy(), { reconnectBaseMs: 60_000, reconnectMaxMs: 60_000 });
  await expect(call()).rejects.toMatchObject({ code: 'UNAVAILABLE', neverSent: true });
  await expect(call()).rejects.toMatchObject({ code: 'UNAVAILABLE', neverSent: true });
  expect(connection.server.peers.length).toBe(1);
});

test('close lets running calls finish and takes no new one', async () => {
  await start(async (peer) => {
    greet(peer);
    const request = await peer.next(isRequest);
    setTimeout(() => peer.send(answer(request?.streamId ?? 0)), 20);
  });
  const running = call();
  await connection.server.peers[0]?.nextOf(TYPE.headers);
  const closed = connection.transport.close(10_000);
  await expect(call()).rejects.toMatchObject({ code: 'UNAVAILABLE', neverSent: true });
  await running;
  await closed;
});

test('close cancels what is left after the grace', async () => {
  await start((peer) => greet(peer));
  const running = call();
  await connection.transport.close(20);
  await expect(running).rejects.toMatchObject({ code: 'UNAVAILABLE', origin: 'gateway' });
});
