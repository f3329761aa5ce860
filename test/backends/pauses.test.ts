import { afterEach, expect, test } from 'vitest';
import { createHttp2Transport } from '../../src/upstream/transport/http2/http2-transport.ts';
import type { Http2TransportOptions } from '../../src/upstream/transport/http2/options.ts';
import type { Transport } from '../../src/upstream/transport/transport.ts';
import { pause } from '../support/pause.ts';
import {
  ACK,
  answer,
  frame,
  greet,
  type RawPeer,
  type RawServer,
  startRawPeer,
  TYPE,
} from '../wire/raw-peer.ts';

// The gateway's event loop stands still past the time that a backend has, in the moment after it answered.

let server: RawServer;
let transport: Transport;

afterEach(async () => {
  await transport.close(0);
  await server.close();
});

async function start(
  script: (peer: RawPeer) => Promise<void>,
  options: Partial<Http2TransportOptions> = {},
): Promise<void> {
  server = await startRawPeer(script);
  const address = { host: '127.0.0.1', port: server.port };
  transport = createHttp2Transport({ address, ...options });
}

const call = (deadline?: number) =>
  transport.unary({ rpcPath: '/a.A/B', metadata: [], message: new Uint8Array(), deadline });

const OK = { message: Buffer.from('ok') };

test('a call that was answered in time is answered', async () => {
  await start(async (peer) => {
    greet(peer);
    await peer.nextOf(TYPE.data);
    peer.send(answer(1));
    pause(300);
  });
  expect(await call(performance.now() + 250)).toMatchObject(OK);
});

test('a peer that answered its PING is not given up', async () => {
  await start(
    async (peer) => {
      greet(peer);
      const ping = await peer.nextOf(TYPE.ping);
      peer.send(frame(TYPE.ping, ACK, 0, ping?.payload));
      pause(300);
      peer.send(answer(1));
    },
    { keepAliveIntervalMs: 20, keepAliveTimeoutMs: 200 },
  );
  expect(await call()).toMatchObject(OK);
});

test('a connection that was answered in time is open', async () => {
  await start(
    async (peer) => {
      await peer.nextOf(TYPE.settings);
      greet(peer);
      pause(300);
      await peer.nextOf(TYPE.data);
      peer.send(answer(1));
    },
    { connectTimeoutMs: 200 },
  );
  expect(await call()).toMatchObject(OK);
});
