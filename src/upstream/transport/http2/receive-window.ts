/** One flow-control window of ours towards the peer (RFC 9113 §5.2, §6.9). */
export class ReceiveWindow {
  #size: number;
  #available: number;
  #released = 0;

  constructor(initial: number) {
    this.#size = initial;
    this.#available = initial;
  }

  /** Takes what the peer sent; false where it sent more than it was allowed. */
  take(octets: number): boolean {
    this.#available -= octets;
    return this.#available >= 0;
  }

  /**
   * Gives back what was read. Returns the increment to announce, or 0 while less than half the window has
   * come together: smaller updates cost both sides a frame and gain nothing.
   *
   * @param largest what the window may be now: it doubles up to this while the reader keeps pace, and a
   * larger one shrinks to it by credit that is not given back
   */
  release(octets: number, largest: number): number {
    this.#released += octets;
    if (this.#released * 2 < this.#size) return 0;
    const resized =
      this.#size < largest
        ? Math.min(this.#size * 2, largest)
        : Math.max(this.#size - this.#released, largest);
    const increment = this.#released + resized - this.#size;
    this.#released = 0;
    this.#size = resized;
    this.#available += increment;
    return increment;
  }
}
