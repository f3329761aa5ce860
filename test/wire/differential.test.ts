import { afterAll, beforeAll, expect, test } from 'vitest';
import { WeirError } from '../../src/errors.ts';
import { createGrpcJsTransport } from '../../src/upstream/transport/grpc-js/grpc-js-transport.ts';
import { createHttp2Transport } from '../../src/upstream/transport/http2/http2-transport.ts';
import type { Metadata, Transport } from '../../src/upstream/transport/transport.ts';
import { Random } from './random.ts';
import { END_STREAM, greet, type RawServer, startRawPeer, TYPE } from './raw-peer.ts';
import { createServerScript, type ServerScript } from './server-script.ts';

/** Scripts of both call kinds; `WEIR_WIRE_SEED` repeats or continues elsewhere. */
const FIRST_SEED = Number(process.env.WEIR_WIRE_SEED ?? 1);
const SEEDS = 400;
const LIMIT = 4 * 1024 * 1024;

interface Outcome {
  readonly code: string;
  readonly text: string | undefined;
  readonly details: string | undefined;
  readonly messages: readonly string[];
  readonly headers: readonly string[] | undefined;
  readonly trailers: readonly string[] | undefined;
  readonly metadata: readonly string[] | undefined;
}

let script: ServerScript;
let server: RawServer;
let reference: Transport;
let ours: Transport;

beforeAll(async () => {
  server = await startRawPeer(async (peer) => {
    greet(peer);
    for (;;) {
      const request = await peer.next(
        ({ type, flags }) => type === TYPE.data && (flags & END_STREAM) !== 0,
      );
      if (request === undefined) return;
      peer.send(script.framesFor(request.streamId));
    }
  });
  const address = { host: '127.0.0.1', port: server.port };
  ours = createHttp2Transport({ address });
  reference = createGrpcJsTransport({
    address,
    maxReceiveMessageBytes: LIMIT,
    maxSendMessageBytes: LIMIT,
  });
});

afterAll(async () => {
  await Promise.all([ours.close(0), reference.close(0)]);
  await server.close();
});

/** What the script set, in an order of its own: names of the protocol and of the server are left out. */
function ownFields(metadata: Metadata): string[] {
  return metadata
    .filter(([name]) => name.startsWith('x-'))
    .map(([name, value]) => `${name}: ${name.endsWith('-bin') ? value.replace(/=+$/, '') : value}`)
    .sort();
}

async function observe(transport: Transport, streaming: boolean): Promise<Outcome> {
  const request = { rpcPath: '/a.A/B', metadata: [], deadline: performance.now() + 20_000 };
  const messages: string[] = [];
  try {
    if (!streaming) {
      const reply = await transport.unary({ ...request, message: Buffer.from('hello') });
      return succeeded([reply.message], reply.headers, reply.trailers);
    }
    const stream = transport.stream({ ...request, messages: [Buffer.from('hello')] });
    const received: Uint8Array[] = [];
    for await (const message of stream) {
      received.push(message);
      messages.push(Buffer.from(message).toString('base64'));
    }
    return succeeded(received, await stream.headers, await stream.trailers);
  } catch (error) {
    const { code, message, statusDetails, metadata } = WeirError.from(error);
    return {
      code,
      text: message,
      details: statusDetails && Buffer.from(statusDetails).toString('base64'),
      messages,
      headers: undefined,
      trailers: undefined,
      metadata: ownFields(metadata),
    };
  }
}

function succeeded(
  messages: readonly Uint8Array[],
  headers: Metadata,
  trailers: Metadata,
): Outcome {
  return {
    code: 'OK',
    text: undefined,
    details: undefined,
    messages: messages.map((message) => Buffer.from(message).toString('base64')),
    headers: ownFields(headers),
    trailers: ownFields(trailers),
    metadata: undefined,
  };
}

/** What differs on purpose; docs/design/0003-http2-client.md gives the reasons. */
function leaveOutIntended(outcome: Outcome): Outcome {
  const worded = script.ending === 'status' || script.ending === 'trailersOnly';
  return {
    ...outcome,
    // Faults that the server did not put in words itself are worded for Weir's callers.
    text: worded ? outcome.text : undefined,
    // Ours hands on the headers of a failed call beside its trailers.
    metadata: outcome.metadata?.filter((field) => !field.startsWith('x-head')),
  };
}

test.each(Array.from({ length: SEEDS }, (_, index) => FIRST_SEED + index))(
  'script %i is seen alike by grpc-js and by ours',
  async (seed) => {
    const random = new Random(seed);
    script = createServerScript(random);
    const streaming = random.chance(50);
    const theirs = await observe(reference, streaming);
    const own = await observe(ours, streaming);
    expect({ ending: script.ending, ...leaveOutIntended(own) }).toEqual({
      ending: script.ending,
      ...leaveOutIntended(theirs),
    });
  },
);
