/** One flow-control window of ours towards the peer (RFC 9113 §5.2, §6.9). */
export class ReceiveWindow {
  readonly #largest: number;
  #size: number;
  #available: number;
  #released = 0;

  /** @param largest the window grows up to this while the reader keeps pace */
  constructor(initial: number, largest: number) {
    this.#size = initial;
    this.#available = initial;
    this.#largest = Math.max(initial, largest);
  }

  /** Takes what the peer sent; false where it sent more than it was allowed. */
  take(octets: number): boolean {
    this.#available -= octets;
    return this.#available >= 0;
  }

  /**
   * Gives back what was read. Returns the increment to announce, or 0 while less than half the window has
   * come together: smaller updates cost both sides a frame and gain nothing.
   */
  release(octets: number): number {
    this.#released += octets;
    if (this.#released * 2 < this.#size) return 0;
    const growth = Math.min(this.#size, this.#largest - this.#size);
    const increment = this.#released + growth;
    this.#released = 0;
    this.#size += growth;
    this.#available += increment;
    return increment;
  }
}
