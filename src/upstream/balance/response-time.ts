/** Answers that make an average; fewer are chance. */
const ENOUGH = 10;

/** An endpoint that nobody calls any more must be tried again; its record fades by half in this time. */
const HALF_LIFE_MS = 5_000;

/** How long one endpoint takes to answer: a moving average over some ten answers, which fades while nobody asks. */
export class ResponseTime {
  #answers = 0;
  #averageMs = 0;
  #lastAt = 0;

  /** Undefined until there were enough answers to tell. */
  get averageMs(): number | undefined {
    return this.#answers < ENOUGH ? undefined : this.#averageMs;
  }

  /** The average as far as it still says something; 0 when it says nothing. */
  fadedMs(now: number): number {
    if (this.#answers < ENOUGH) return 0;
    return this.#averageMs * 2 ** ((this.#lastAt - now) / HALF_LIFE_MS);
  }

  answered(durationMs: number, now: number): void {
    if (this.#answers < ENOUGH) this.#answers++;
    this.#averageMs += (durationMs - this.#averageMs) / this.#answers;
    this.#lastAt = now;
  }

  /** What it was is over: the endpoint came back. */
  forget(): void {
    this.#answers = 0;
    this.#averageMs = 0;
  }

  /** A quick failure, RESOURCE_EXHAUSTED above all, must not make a host look fast. */
  failed(durationMs: number, now: number): void {
    if (durationMs > this.#averageMs) this.answered(durationMs, now);
  }
}
