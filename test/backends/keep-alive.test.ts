import { afterEach, expect, test } from 'vitest';
import { toConfig } from '../../src/config/load-config.ts';
import { createTransport } from '../../src/upstream/create-transport.ts';
import type { Transport } from '../../src/upstream/transport/transport.ts';
import {
  ACK,
  answer,
  END_HEADERS,
  frame,
  greet,
  HEAD,
  message,
  type RawPeer,
  startRawPeer,
  TYPE,
} from '../wire/raw-peer.ts';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

/** An upstream as it is configured, in front of a peer that does as the script says. */
async function connectTo(script: (peer: RawPeer) => Promise<unknown>): Promise<Transport> {
  const server = await startRawPeer(script);
  cleanUps.push(() => server.close());
  const address = `127.0.0.1:${server.port}`;
  const keepAlive = { interval: '30ms', timeout: '40ms' };
  const tree = {
    contracts: [{ folder: 'proto' }],
    upstreams: { market: { endpoints: [address], keepAlive, connectTimeout: '50ms' } },
  };
  const { market } = toConfig(tree, { file: 'weir.yaml', folder: '/' }).upstreams;
  if (market === undefined) throw new Error('the configuration lost its upstream');
  const plain = { contexts: undefined, metadata: undefined };
  const transport = createTransport(address, market, plain);
  cleanUps.push(() => transport.close(0));
  return transport;
}

const REQUEST = { rpcPath: '/a.A/B', metadata: [] };
const SILENT = {
  code: 'UNAVAILABLE',
  neverSent: false,
  message: expect.stringContaining('left a PING unanswered for 40 ms'),
};

test('a call without a deadline does not wait for a peer that fell silent', async () => {
  const transport = await connectTo(async (peer) => {
    greet(peer);
    await peer.nextOf(TYPE.data);
  });
  await expect(transport.unary({ ...REQUEST, message: new Uint8Array() })).rejects.toMatchObject(
    SILENT,
  );
});

test('a stream that fell silent ends with an error, never clean', async () => {
  const transport = await connectTo(async (peer) => {
    greet(peer);
    await peer.nextOf(TYPE.data);
    peer.send(
      frame(TYPE.headers, END_HEADERS, 1, HEAD),
      frame(TYPE.data, 0, 1, message(Buffer.from('first'))),
    );
  });
  const stream = transport.stream({ ...REQUEST, messages: [new Uint8Array()] });
  const messages = stream[Symbol.asyncIterator]();
  expect(await messages.next()).toMatchObject({ done: false });
  await expect(messages.next()).rejects.toMatchObject(SILENT);
});

test('a peer that is slow and answers PINGs is waited for', async () => {
  const transport = await connectTo(async (peer) => {
    greet(peer);
    await peer.nextOf(TYPE.data);
    for (let pings = 0; pings < 3; pings++) {
      const ping = await peer.nextOf(TYPE.ping);
      peer.send(frame(TYPE.ping, ACK, 0, ping?.payload));
    }
    peer.send(answer(1));
  });
  const reply = await transport.unary({ ...REQUEST, message: new Uint8Array() });
  expect(Buffer.from(reply.message).toString()).toBe('ok');
});

// As a stopped process has it: its kernel accepts, and then nobody says a word.
test('a stream to a peer that only takes the connection ends with an error, as soon as is configured', async () => {
  const transport = await connectTo(async () => {});
  const stream = transport.stream({ ...REQUEST, messages: [new Uint8Array()] });
  await expect(stream[Symbol.asyncIterator]().next()).rejects.toMatchObject({
    code: 'UNAVAILABLE',
    neverSent: true,
    message: expect.stringContaining('did not answer in 50 ms'),
  });
});
