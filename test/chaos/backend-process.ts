import { join } from 'node:path';
import { Child } from '../support/child.ts';
import type { BackendIdentity } from './backend-credentials.ts';
import type { Arrivals, Misbehaviour } from './misbehaviour.ts';

/** A backend of the chaos test in its own process. */
export class BackendProcess {
  readonly child: Child;
  readonly port: number;
  readonly #control: string;

  private constructor(child: Child, port: number, control: string) {
    this.child = child;
    this.port = port;
    this.#control = control;
  }

  /**
   * @param ledger the file that takes the ids of executed orders; it may hold others' already
   * @param identity undefined to serve without TLS
   */
  static async start(
    name: string,
    ledger: string,
    identity: BackendIdentity | undefined,
  ): Promise<BackendProcess> {
    const script = join(import.meta.dirname, 'backend.ts');
    const secure = identity === undefined ? [] : ['--identity', JSON.stringify(identity)];
    const child = new Child(name, [script, '--name', name, '--ledger', ledger, ...secure]);
    const ready = await child.waitFor('its address', (line) => 'listening' in line);
    return new BackendProcess(child, Number(ready.listening), `http://127.0.0.1:${ready.control}`);
  }

  async misbehave(change: Partial<Misbehaviour>): Promise<void> {
    await this.#ask('/misbehave', change);
  }

  /** To whoever connects from now on. */
  async present(identity: BackendIdentity): Promise<void> {
    await this.#ask('/identity', identity);
  }

  /** Sends GOAWAY on every connection and goes on listening. */
  async goaway(): Promise<void> {
    await this.#ask('/goaway', {});
  }

  async arrivals(): Promise<Arrivals> {
    const { reads, orders, streams } = Object(await this.#ask('/arrivals', {}));
    return { reads: Number(reads), orders: Number(orders), streams: Number(streams) };
  }

  async #ask(path: string, body: object): Promise<unknown> {
    const response = await fetch(`${this.#control}${path}`, {
      method: 'POST',
      body: JSON.stringify(body),
    });
    return response.json();
  }
}
