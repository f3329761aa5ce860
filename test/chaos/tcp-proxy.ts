import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { portOf } from '../support/port-of.ts';

interface Pair {
  readonly near: Socket;
  readonly far: Socket;
  readonly ways: readonly [Way, Way];
}

/**
 * A network between the gateway and one backend that can be made to fail. What a black hole swallows is
 * delivered when it ends, as TCP sends again what was lost: an order may arrive long after its caller left.
 */
export class TcpProxy {
  readonly host: string;
  readonly port: number;
  /** Where connections go; those that stand stay where they are. */
  targetPort: number;
  readonly #server: Server;
  readonly #pairs = new Set<Pair>();
  #delayMs = 0;

  private constructor(server: Server, host: string, targetPort: number) {
    this.#server = server;
    this.host = host;
    this.port = portOf(server);
    this.targetPort = targetPort;
    server.on('connection', (near: Socket) => this.#join(near));
  }

  /** @param host where it listens, an address of the loopback network */
  static async start(targetPort: number, host = '127.0.0.1'): Promise<TcpProxy> {
    const server = createServer({ noDelay: true, allowHalfOpen: true });
    server.listen(0, host);
    await once(server, 'listening');
    return new TcpProxy(server, host, targetPort);
  }

  get address(): string {
    return `${this.host}:${this.port}`;
  }

  get connections(): number {
    return this.#pairs.size;
  }

  /** Everything arrives so much later; 0 is as before, and Infinity is a black hole. */
  delay(ms: number): void {
    this.#delayMs = ms;
    for (const { ways } of this.#pairs) for (const way of ways) way.delay(ms);
  }

  /** RST on every connection; new ones are taken. */
  reset(): void {
    for (const { near, far } of this.#pairs) {
      near.resetAndDestroy();
      far.resetAndDestroy();
    }
  }

  /** Ends every connection in the middle of the next answer. */
  cut(): void {
    for (const { ways } of this.#pairs) ways[1].cut();
  }

  /** As the port of a dead process: connections are reset and new ones refused. */
  refuse(): void {
    this.#server.close();
    this.reset();
  }

  async accept(): Promise<void> {
    this.#server.listen(this.port, this.host);
    await once(this.#server, 'listening');
  }

  close(): void {
    this.#server.close();
    this.reset();
  }

  #join(near: Socket): void {
    const far = connect({
      port: this.targetPort,
      host: '127.0.0.1',
      noDelay: true,
      allowHalfOpen: true,
    });
    const ways = [new Way(near, far, this.#delayMs), new Way(far, near, this.#delayMs)] as const;
    const pair = { near, far, ways };
    this.#pairs.add(pair);
    const part = () => {
      this.#pairs.delete(pair);
      for (const way of ways) way.stop();
    };
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      // Without this a reset, which is what this proxy is for, would end the test.
      one.on('error', () => {});
      one.on('close', (hadError) => {
        part();
        if (hadError) other.resetAndDestroy();
        else other.destroy();
      });
    }
  }
}

/** One direction of a connection: what comes in goes out in order, each piece when it is due. */
class Way {
  readonly #to: Socket;
  readonly #waiting: { readonly since: number; readonly pass: () => void }[] = [];
  #delayMs: number;
  #cut = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(from: Socket, to: Socket, delayMs: number) {
    this.#to = to;
    this.#delayMs = delayMs;
    from.on('data', (bytes: Buffer) => this.#take(() => this.#write(bytes)));
    from.on('end', () => this.#take(() => to.end()));
  }

  delay(ms: number): void {
    this.#delayMs = ms;
    this.#pump();
  }

  cut(): void {
    this.#cut = true;
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#waiting.length = 0;
  }

  #take(pass: () => void): void {
    this.#waiting.push({ since: performance.now(), pass });
    this.#pump();
  }

  #write(bytes: Buffer): void {
    if (!this.#cut) this.#to.write(bytes);
    else this.#to.end(bytes.subarray(0, bytes.length / 2), () => this.#to.destroy());
  }

  #pump(): void {
    clearTimeout(this.#timer);
    for (;;) {
      const next = this.#waiting[0];
      if (next === undefined) return;
      const dueInMs = next.since + this.#delayMs - performance.now();
      if (dueInMs > 0) {
        if (dueInMs !== Number.POSITIVE_INFINITY)
          this.#timer = setTimeout(() => this.#pump(), dueInMs);
        return;
      }
      this.#waiting.shift();
      next.pass();
    }
  }
}
