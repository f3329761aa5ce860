/** A timer this much late is not late: on a busy machine all of them are. */
const TOLERANCE_MS = 20;

/** Looks per time-out; what is seldom longer than the first of them costs nothing but one timer. */
const LOOKS = 10;

/**
 * How long the gateway's own event loop stood still while something was awaited: in that time an answer may
 * have come and nobody looked. Begun when the wait begins; ended by the only reading.
 */
export class StallWatch {
  readonly #everyMs: number;
  readonly #timer: NodeJS.Timeout;
  #lastAt = performance.now();
  #stalledMs = 0;

  constructor(timeoutMs: number) {
    this.#everyMs = timeoutMs / LOOKS;
    this.#timer = setInterval(() => this.#look(), this.#everyMs).unref();
  }

  /** @returns milliseconds */
  end(): number {
    this.#look();
    clearInterval(this.#timer);
    return this.#stalledMs;
  }

  #look(): void {
    const now = performance.now();
    const lateMs = now - this.#lastAt - this.#everyMs;
    if (lateMs > TOLERANCE_MS) this.#stalledMs += lateMs;
    this.#lastAt = now;
  }
}
