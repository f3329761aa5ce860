/** gRPC connection-backoff: each pause is 1.6 times the last, with ±20 % jitter against herds. */
const FACTOR = 1.6;
const JITTER = 0.2;

/** The pauses between failed connects. */
export class Backoff {
  readonly #baseMs: number;
  readonly #maxMs: number;
  readonly #random: () => number;
  #failures = 0;

  constructor(baseMs: number, maxMs: number, random: () => number = Math.random) {
    this.#baseMs = baseMs;
    this.#maxMs = maxMs;
    this.#random = random;
  }

  /** The pause after one more failure, in milliseconds. */
  next(): number {
    const pauseMs = Math.min(this.#baseMs * FACTOR ** this.#failures, this.#maxMs);
    this.#failures += 1;
    return pauseMs * (1 - JITTER + 2 * JITTER * this.#random());
  }

  reset(): void {
    this.#failures = 0;
  }
}
