import type { WebSocket } from 'ws';
import type { UnfinishedBodies } from '../unfinished-bodies.ts';

/**
 * The bytes of a message that is not whole yet. `ws` gathers them, frames and fragments, and tells nobody how
 * many they are, so they are read from where it keeps them.
 */
export class UnfinishedMessage {
  readonly #receiver: object;
  readonly #unfinished: UnfinishedBodies;
  #held = 0;

  /** @throws TypeError when this is a `ws` that keeps them elsewhere. */
  constructor(webSocket: WebSocket, unfinished: UnfinishedBodies) {
    const receiver: unknown = Reflect.get(webSocket, '_receiver');
    if (typeof receiver !== 'object' || receiver === null)
      throw new TypeError('ws has no receiver');
    this.#receiver = receiver;
    this.#unfinished = unfinished;
    this.update();
  }

  /** After each piece that the socket brought. @throws TooManyUnfinished, and goes on holding what it did. */
  update(): void {
    const bytes = this.#read('_bufferedBytes') + this.#read('_messageLength');
    if (bytes === this.#held) return;
    if (bytes > this.#held) this.#unfinished.take(bytes - this.#held);
    else this.#unfinished.release(this.#held - bytes);
    this.#held = bytes;
  }

  /** The socket is gone, and what it brought with it. */
  release(): void {
    this.#unfinished.release(this.#held);
    this.#held = 0;
  }

  #read(name: string): number {
    const value: unknown = Reflect.get(this.#receiver, name);
    if (typeof value === 'number') return value;
    throw new TypeError(`ws no longer counts ${name}`);
  }
}
