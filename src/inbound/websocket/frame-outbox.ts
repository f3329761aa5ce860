import type { Writable } from 'node:stream';
import { type Flushable, flushAfterTick } from '../tick-flush.ts';
import { encodeTextFrames } from './text-frames.ts';

/**
 * What waits to be sent to one socket. The frames of one turn of the event loop leave in one write, and
 * nothing is handed to a socket that has more than `maxBytes` unsent: it waits here, and who produces it
 * is asked to stop.
 *
 * Frames go to the TCP socket past `ws`: without compression its sender keeps no state between frames,
 * and its own control frames are written whole as well.
 */
export class FrameOutbox implements Flushable {
  readonly #socket: Writable;
  readonly #maxBytes: number;
  readonly #onRoom: () => void;
  #texts: string[] = [];
  #characters = 0;
  #scheduled = false;
  #blocked = false;
  #closed = false;

  constructor(socket: Writable, maxBytes: number, onRoom: () => void) {
    this.#socket = socket;
    this.#maxBytes = maxBytes;
    this.#onRoom = onRoom;
  }

  get bufferedBytes(): number {
    return this.#socket.writableLength + this.#characters;
  }

  /** A closed outbox is full for good, or a source that is always ready would be pulled without end. */
  get full(): boolean {
    return this.#closed || this.bufferedBytes > this.#maxBytes;
  }

  push(text: string): void {
    if (this.#closed) return;
    this.#texts.push(text);
    this.#characters += text.length;
    this.#schedule();
  }

  flush(): void {
    this.#scheduled = false;
    if (this.#closed || this.#texts.length === 0) return;
    const buffer = encodeTextFrames(this.#texts);
    this.#texts = [];
    this.#characters = 0;
    this.#blocked = this.#socket.writableLength + buffer.length > this.#maxBytes;
    if (this.#blocked) this.#socket.write(buffer, this.#onWritten);
    else this.#socket.write(buffer);
  }

  /**
   * Hands all that waits to the socket, however much that holds, and nothing afterwards: an answer that was lost
   * here would make some clients ask again.
   */
  close(): void {
    this.flush();
    this.discard();
  }

  discard(): void {
    this.#closed = true;
    this.#texts = [];
    this.#characters = 0;
  }

  /** `onRoom` follows once the socket has sent what it holds, even if none of that came from here. */
  awaitRoom(): void {
    if (this.#closed || this.#blocked) return;
    this.#blocked = true;
    this.#socket.write('', this.#onWritten);
  }

  readonly #onWritten = (): void => {
    this.#blocked = false;
    if (this.#closed) return;
    this.#schedule();
    this.#onRoom();
  };

  #schedule(): void {
    if (this.#scheduled || this.#blocked || this.#texts.length === 0) return;
    this.#scheduled = true;
    flushAfterTick(this);
  }
}
