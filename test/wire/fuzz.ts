import { WeirError } from '../../src/errors.ts';
import { createHttp2Transport } from '../../src/upstream/transport/http2/http2-transport.ts';
import { createFuzzInput } from './fuzz-input.ts';
import { Random } from './random.ts';
import { type RawPeer, type RawServer, startRawPeer, TYPE } from './raw-peer.ts';

const INTERNAL_ERROR = 2;
/** Inputs that hold a window shut are ended by the deadline of their calls. */
const DEADLINE_MS = 2_000;

/** Feeds the octets of one seed after the other to a transport with calls under way. */
export class Fuzzer {
  readonly #server: RawServer;
  /** What to send on a connection, by its number. */
  readonly #inputs: Map<number, Buffer[]>;

  private constructor(server: RawServer, inputs: Map<number, Buffer[]>) {
    this.#server = server;
    this.#inputs = inputs;
  }

  static async start(): Promise<Fuzzer> {
    const inputs = new Map<number, Buffer[]>();
    return new Fuzzer(
      await startRawPeer((peer) => play(peer, inputs.get(peer.index) ?? [])),
      inputs,
    );
  }

  close(): Promise<void> {
    return this.#server.close();
  }

  /** Returns what was wrong with the way the transport took the input, or undefined. */
  async run(seed: number): Promise<string | undefined> {
    const connection = this.#server.peers.length;
    this.#inputs.set(connection, createFuzzInput(new Random(seed)));
    const transport = createHttp2Transport({
      address: { host: '127.0.0.1', port: this.#server.port },
      maxConnections: 1,
      reconnectBaseMs: 60_000,
      reconnectMaxMs: 60_000,
    });
    const request = {
      rpcPath: '/a.A/B',
      metadata: [],
      deadline: performance.now() + DEADLINE_MS,
    };
    const read = async () => {
      const stream = transport.stream({ ...request, messages: [Buffer.from('hello')] });
      for await (const message of stream) if (message.length > 4_000) break;
    };
    const outcomes = await Promise.allSettled([
      transport.unary({ ...request, message: Buffer.from('hello') }),
      read(),
      transport.unary({ ...request, message: Buffer.alloc(100_000) }),
    ]);
    await transport.close(0);
    this.#inputs.delete(connection);
    return this.#findFault(outcomes);
  }

  #findFault(outcomes: readonly PromiseSettledResult<unknown>[]): string | undefined {
    for (const outcome of outcomes) {
      if (outcome.status === 'fulfilled') continue;
      const error: unknown = outcome.reason;
      if (!(error instanceof WeirError)) return `a call failed with ${String(error)}`;
      // What WeirError.from makes of anything unforeseen.
      if (error.message.startsWith('The gateway failed')) return String(error.cause);
    }
    for (const peer of this.#server.peers.splice(0)) {
      const goaway = peer.received.find(({ type }) => type === TYPE.goaway);
      if (goaway?.payload.readUInt32BE(4) === INTERNAL_ERROR) return goaway.payload.toString();
      peer.socket.destroy();
    }
    return undefined;
  }
}

async function play(peer: RawPeer, pieces: readonly Buffer[]): Promise<void> {
  await peer.nextOf(TYPE.settings);
  for (const piece of pieces) {
    peer.send(piece);
    await new Promise((resolve) => setImmediate(resolve));
  }
  peer.socket.end();
}
