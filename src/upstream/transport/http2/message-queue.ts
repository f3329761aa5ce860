/**
 * What may wait unread before the peer is slowed down. Small, so that the window of a stream grows only
 * under a reader that keeps pace; a busy one finds the next messages here all the same.
 */
const HOLD_FROM_OCTETS = 64 * 1024;

/** What a waiting message costs beside its octets, or empty ones could wait without end. */
const OVERHEAD_OCTETS = 128;

/** Messages that arrived before their reader asked, and the flow control they hold. */
export class MessageQueue {
  #messages: (Uint8Array | undefined)[] = [];
  #first = 0;
  #octets = 0;
  #retained = 0;

  get length(): number {
    return this.#messages.length - this.#first;
  }

  push(message: Uint8Array): void {
    this.#messages.push(message);
    this.#octets += message.length + OVERHEAD_OCTETS;
  }

  shift(): Uint8Array | undefined {
    const message = this.#messages[this.#first];
    if (message === undefined) return undefined;
    this.#messages[this.#first] = undefined;
    this.#first += 1;
    this.#octets -= message.length + OVERHEAD_OCTETS;
    if (this.#first === this.#messages.length) {
      this.#messages = [];
      this.#first = 0;
    } else if (this.#first > 1_024 && this.#first * 2 > this.#messages.length) {
      this.#messages = this.#messages.slice(this.#first);
      this.#first = 0;
    }
    return message;
  }

  /** Whether flow control for `octets` that just came is kept until the reader catches up. */
  retain(octets: number): boolean {
    if (this.length === 0 || this.#octets + this.#retained < HOLD_FROM_OCTETS) return false;
    this.#retained += octets;
    return true;
  }

  /** What may be given back now. */
  takeBack(): number {
    if (this.#octets * 2 > HOLD_FROM_OCTETS) return 0;
    const octets = this.#retained;
    this.#retained = 0;
    return octets;
  }

  /** Forgets everything; returns what has to be given back. */
  clear(): number {
    this.#messages = [];
    this.#first = 0;
    this.#octets = 0;
    const octets = this.#retained;
    this.#retained = 0;
    return octets;
  }
}
