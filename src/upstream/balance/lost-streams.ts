/** Long enough to look elsewhere; an endpoint that is well again gets its share back soon. */
const HALF_LIFE_MS = 5_000;

/**
 * Streams that broke off at one endpoint, a count that fades. Whoever loses its streams again and again has
 * fewer than all others, and would be given every one of them back.
 */
export class LostStreams {
  #count = 0;
  #at = 0;

  /** How many still count; `now` on the `performance.now()` clock. */
  faded(now: number): number {
    return this.#count === 0 ? 0 : this.#count * 2 ** ((this.#at - now) / HALF_LIFE_MS);
  }

  lost(now: number): void {
    this.#count = this.faded(now) + 1;
    this.#at = now;
  }
}
