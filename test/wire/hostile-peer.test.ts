import { once } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import { Cancellation } from '../../src/lib/cancellation.ts';
import { connectToRawPeer, type RawConnection } from './connect-to-raw-peer.ts';
import {
  answer,
  END_HEADERS,
  END_STREAM,
  frame,
  greet,
  HEAD,
  serve,
  setting,
  TRAILERS,
  TYPE,
  uint32,
} from './raw-peer.ts';

let connection: RawConnection;

afterEach(() => connection.close());

async function start(...given: Parameters<typeof connectToRawPeer>): Promise<void> {
  connection = await connectToRawPeer(...given);
}

const call = (rest: object = {}) =>
  connection.transport.unary({
    rpcPath: '/a.A/B',
    metadata: [],
    message: Buffer.from('hello'),
    ...rest,
  });

test('an answer that comes one octet at a time', async () => {
  await start(async (peer) => {
    greet(peer);
    const request = await peer.nextOf(TYPE.data);
    for (const octet of answer(request?.streamId ?? 0)) {
      peer.send(Buffer.from([octet]));
      await new Promise((resolve) => setImmediate(resolve));
    }
  });
  const { message } = await call();
  expect(Buffer.from(message).toString()).toBe('ok');
});

test.each([
  ['HTTP/1.1', 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n'],
  ['noise', '\u0001\u0002\u0003 and more of it'],
])('a server that speaks %s is unavailable, and the call was never sent', async (_name, text) => {
  await start((peer) => peer.send(Buffer.from(text)));
  await expect(call()).rejects.toMatchObject({ code: 'UNAVAILABLE', neverSent: true });
});

test('a server that hangs up at once', async () => {
  await start((peer) => peer.socket.destroy());
  await expect(call()).rejects.toMatchObject({ code: 'UNAVAILABLE', neverSent: true });
});

test('a server that never sends SETTINGS', async () => {
  await start(() => {}, { connectTimeoutMs: 30 });
  await expect(call()).rejects.toMatchObject({ code: 'UNAVAILABLE', neverSent: true });
});

test('a server that never sends SETTINGS, which the deadline does not wait for', async () => {
  await start(() => {});
  const request = { rpcPath: '/a.A/B', metadata: [], message: new Uint8Array() };
  const deadline = performance.now() + 30;
  await expect(connection.transport.unary({ ...request, deadline })).rejects.toMatchObject({
    code: 'DEADLINE_EXCEEDED',
    origin: 'backend',
    neverSent: true,
  });
});

test('a server that never acknowledges SETTINGS', async () => {
  await start((peer) => peer.send(frame(TYPE.settings, 0, 0)), { connectTimeoutMs: 300 });
  await expect(call()).rejects.toMatchObject({ code: 'UNAVAILABLE', neverSent: false });
  const goaway = await connection.server.peers[0]?.nextOf(TYPE.goaway);
  expect(goaway?.payload.readUInt32BE(4)).toBe(4);
});

test('a server that hangs up inside an answer', async () => {
  await start(async (peer) => {
    greet(peer);
    await peer.nextOf(TYPE.data);
    peer.send(answer(1).subarray(0, 30));
    peer.socket.end();
  });
  await expect(call()).rejects.toMatchObject({ code: 'UNAVAILABLE', neverSent: false });
});

test('a server that never reads holds no more than was sent ahead, and the deadline ends it', async () => {
  await start((peer) => {
    peer.send(frame(TYPE.settings, 0, 0, setting(4, 0x7fff_ffff)));
    peer.send(frame(TYPE.windowUpdate, 0, 0, uint32(0x7fff_ffff - 65_535)));
    peer.socket.pause();
  });
  let taken = 0;
  const chunk = Buffer.alloc(100_000);
  function* endless() {
    for (;;) {
      taken += chunk.length;
      yield chunk;
    }
  }
  const stream = connection.transport.stream({
    rpcPath: '/a.A/Upload',
    metadata: [],
    messages: endless(),
    deadline: performance.now() + 300,
  });
  await expect(stream[Symbol.asyncIterator]().next()).rejects.toMatchObject({
    code: 'DEADLINE_EXCEEDED',
  });
  // The kernel's socket buffers take some megabytes; the transport takes no more than its portion.
  expect(taken).toBeLessThan(32 * 1024 * 1024);
});

test('windows of 0 hold a call, not the connection', async () => {
  const cancellation = new Cancellation();
  const reason = new Error('left');
  await start(async (peer) => {
    greet(peer, setting(4, 0));
    const request = await peer.nextOf(TYPE.headers);
    cancellation.cancel(reason);
    await peer.nextOf(TYPE.reset, request?.streamId);
    peer.send(frame(TYPE.settings, 0, 0, setting(4, 65_535)));
    await serve(peer);
  });
  await expect(call({ cancellation })).rejects.toBe(reason);
  const { message } = await call();
  expect(Buffer.from(message).toString()).toBe('ok');
});

test('a window lowered below what was sent is waited out', async () => {
  await start(async (peer) => {
    greet(peer);
    await peer.nextOf(TYPE.data, 1);
    peer.send(frame(TYPE.settings, 0, 0, setting(4, 10)));
    await peer.nextOf(TYPE.settings);
    peer.send(frame(TYPE.windowUpdate, 0, 0, uint32(1_000_000)));
    peer.send(frame(TYPE.windowUpdate, 0, 1, uint32(1_000_000)));
    await peer.next(({ type, flags }) => type === TYPE.data && (flags & END_STREAM) !== 0);
    peer.send(answer(1));
  });
  const { message } = await call({ message: Buffer.alloc(200_000) });
  expect(Buffer.from(message).toString()).toBe('ok');
});

test('no stream allowed: the call waits, and begins when one is', async () => {
  await start(
    async (peer) => {
      greet(peer, setting(3, 0));
      await peer.next(({ type }) => type === TYPE.settings);
      setTimeout(() => peer.send(frame(TYPE.settings, 0, 0, setting(3, 1))), 20);
      await serve(peer);
    },
    { maxConnections: 1 },
  );
  const { message } = await call();
  expect(Buffer.from(message).toString()).toBe('ok');
});

test('an answer before the request ends stops the request', async () => {
  await start(async (peer) => {
    greet(peer);
    const request = await peer.nextOf(TYPE.headers);
    const streamId = request?.streamId ?? 0;
    peer.send(answer(streamId));
    await peer.nextOf(TYPE.reset, streamId);
    peer.send(frame(TYPE.windowUpdate, 0, 0, uint32(65_535)));
    await serve(peer);
  });
  let ended = false;
  async function* requests() {
    try {
      for (;;) yield Buffer.alloc(60_000);
    } finally {
      ended = true;
    }
  }
  const stream = connection.transport.stream({
    rpcPath: '/a.A/B',
    metadata: [],
    messages: requests(),
  });
  const messages: string[] = [];
  for await (const message of stream) messages.push(Buffer.from(message).toString());
  expect(messages).toEqual(['ok']);
  await call();
  expect(ended).toBe(true);
});

test('rapid reset: every call is refused, marked safe to retry, and nothing stays behind', async () => {
  await start(
    async (peer) => {
      greet(peer);
      for (;;) {
        const request = await peer.nextOf(TYPE.headers);
        if (request === undefined) return;
        peer.send(frame(TYPE.reset, 0, request.streamId, uint32(7)));
      }
    },
    { maxQueuedCalls: 2_000 },
  );
  const outcomes = await Promise.allSettled(Array.from({ length: 2_000 }, () => call()));
  for (const outcome of outcomes) {
    expect(outcome).toMatchObject({
      status: 'rejected',
      reason: { code: 'UNAVAILABLE', neverSent: true },
    });
  }
});

test('interim responses are passed over', async () => {
  await start(async (peer) => {
    greet(peer);
    await peer.nextOf(TYPE.data);
    peer.send(frame(TYPE.headers, END_HEADERS, 1, Buffer.from([0x08, 3, 0x31, 0x30, 0x33])));
    peer.send(answer(1));
  });
  const { message } = await call();
  expect(Buffer.from(message).toString()).toBe('ok');
});

test('unknown settings, frames and flags are ignored, padding is cut off', async () => {
  await start(async (peer) => {
    greet(peer, setting(0xbeef, 1));
    await peer.nextOf(TYPE.data);
    const padded = Buffer.concat([Buffer.from([3]), HEAD, Buffer.alloc(3)]);
    const data = Buffer.from([2, 0, 0, 0, 0, 2, 0x6f, 0x6b, 0, 0]);
    peer.send(
      frame(0x42, 0xff, 7, Buffer.from('anything')),
      frame(TYPE.headers, END_HEADERS | 8 | 0x40, 1, padded),
      frame(TYPE.data, 8, 1, data),
      frame(TYPE.headers, END_HEADERS | END_STREAM, 1, TRAILERS),
    );
  });
  const { message } = await call();
  expect(Buffer.from(message).toString()).toBe('ok');
});

test('PING and SETTINGS are acknowledged', async () => {
  await start(async (peer) => {
    greet(peer);
    peer.send(frame(TYPE.ping, 0, 0, Buffer.from('12345678')));
    const pong = await peer.next(({ type, flags }) => type === TYPE.ping && flags === 1);
    expect(pong?.payload.toString()).toBe('12345678');
    peer.send(answer(1));
  });
  await call();
});

test('a header block in many CONTINUATION frames', async () => {
  await start(async (peer) => {
    greet(peer);
    await peer.nextOf(TYPE.data);
    peer.send(frame(TYPE.headers, 0, 1));
    for (let at = 0; at < HEAD.length; at += 4) {
      peer.send(frame(TYPE.continuation, 0, 1, HEAD.subarray(at, at + 4)));
    }
    peer.send(frame(TYPE.continuation, END_HEADERS, 1), answer(1).subarray(9 + HEAD.length));
  });
  const { message } = await call();
  expect(Buffer.from(message).toString()).toBe('ok');
});

test('a cancelled call resets its stream and what still comes for it is let pass', async () => {
  const cancellation = new Cancellation();
  await start(async (peer) => {
    greet(peer);
    await peer.nextOf(TYPE.data, 1);
    cancellation.cancel(new Error('left'));
    const reset = await peer.nextOf(TYPE.reset, 1);
    expect(reset?.payload.readUInt32BE(0)).toBe(8);
    peer.send(answer(1));
    await serve(peer);
  });
  await expect(call({ cancellation })).rejects.toThrow('left');
  await call();
  expect(connection.server.peers.length).toBe(1);
  const resets = connection.server.peers[0]?.received.filter(({ type }) => type === TYPE.reset);
  expect(resets?.length).toBe(1);
});

test('a reader that stops stops the peer at its window, and other calls go on', async () => {
  let sent = 0;
  await start(
    async (peer) => {
      greet(peer);
      await peer.nextOf(TYPE.headers, 1);
      peer.send(frame(TYPE.headers, END_HEADERS, 1, HEAD));
      const message = Buffer.concat([Buffer.from([0, 0, 0, 0x03, 0xe3]), Buffer.alloc(995)]);
      let window = 65_535;
      const pump = () => {
        for (; window >= 1_000; window -= 1_000, sent += 1_000) {
          peer.send(frame(TYPE.data, 0, 1, message));
        }
      };
      pump();
      const credit = (async () => {
        for (;;) {
          const update = await peer.next(({ type, flags, streamId }) =>
            type === TYPE.windowUpdate && streamId === 1
              ? true
              : (flags & END_STREAM) !== 0 && streamId > 1,
          );
          if (update === undefined) return;
          if (update.type === TYPE.windowUpdate) {
            window += update.payload.readUInt32BE(0);
            pump();
          } else {
            peer.send(answer(update.streamId));
          }
        }
      })();
      await credit;
    },
    { streamWindowBytes: 65_535 },
  );
  const stream = connection.transport.stream({
    rpcPath: '/a.A/B',
    metadata: [],
    messages: [Buffer.alloc(1)],
  });
  await stream.headers;
  await call();
  await call();
  const unread = sent;
  expect(unread).toBeLessThanOrEqual(2 * 65_535);
  let read = 0;
  for await (const message of stream) {
    read += message.length + 5;
    if (read > 500_000) break;
  }
  expect(sent).toBeGreaterThan(unread);
});

test('a peer that falls silent is found by PING', async () => {
  await start(
    async (peer) => {
      greet(peer);
      await peer.nextOf(TYPE.data, 1);
    },
    { keepAliveIntervalMs: 20, keepAliveTimeoutMs: 20 },
  );
  await expect(call()).rejects.toMatchObject({
    code: 'UNAVAILABLE',
    neverSent: false,
    message: expect.stringContaining('PING'),
  });
  expect(connection.server.peers[0]?.received.some(({ type }) => type === TYPE.ping)).toBe(true);
});

test('an idle connection is closed with GOAWAY, and the next call opens another', async () => {
  await start(
    (peer) => {
      greet(peer);
      return serve(peer);
    },
    { idleTimeoutMs: 20 },
  );
  await call();
  const [first] = connection.server.peers;
  const goaway = await first?.nextOf(TYPE.goaway);
  expect(goaway?.payload.readUInt32BE(4)).toBe(0);
  if (first?.socket.destroyed === false) await once(first.socket, 'close');
  await call();
  expect(connection.server.peers.length).toBe(2);
});
