import { LARGEST_WINDOW } from './settings.ts';

/** The five octets before a message: compressed flag and length (gRPC PROTOCOL-HTTP2). */
export const MESSAGE_PREFIX_OCTETS = 5;

export interface OutgoingMessage {
  readonly compressed: boolean;
  readonly body: Uint8Array;
}

/** What one stream still has to send, and how much the peer lets it. */
export class SendQueue {
  /** The peer's window for this stream; negative after it lowered INITIAL_WINDOW_SIZE (RFC 9113 §6.9.2). */
  window: number;
  /** True while the stream stands in the scheduler's ring. */
  scheduled = false;
  /** The client half is to be closed behind the last message. */
  ending = false;
  #messages: OutgoingMessage[] = [];
  #sentOfFirst = 0;
  #octets = 0;

  constructor(window: number) {
    this.window = window;
  }

  /** Octets left, prefixes included. */
  get octets(): number {
    return this.#octets;
  }

  /** The message being sent and how many of its octets, prefix included, have been. */
  get first(): OutgoingMessage | undefined {
    return this.#messages[0];
  }

  get sentOfFirst(): number {
    return this.#sentOfFirst;
  }

  /** False where the window would exceed 2^31-1 (RFC 9113 §6.9.1). */
  addCredit(octets: number): boolean {
    this.window += octets;
    return this.window <= LARGEST_WINDOW;
  }

  add(message: OutgoingMessage): void {
    this.#messages.push(message);
    this.#octets += MESSAGE_PREFIX_OCTETS + message.body.length;
  }

  advance(octets: number): void {
    const first = this.#messages[0];
    if (first === undefined) return;
    this.#octets -= octets;
    this.#sentOfFirst += octets;
    if (this.#sentOfFirst < MESSAGE_PREFIX_OCTETS + first.body.length) return;
    this.#messages.shift();
    this.#sentOfFirst = 0;
  }

  clear(): void {
    this.#messages = [];
    this.#octets = 0;
    this.#sentOfFirst = 0;
  }
}
