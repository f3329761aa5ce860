/** Answers that make an average; fewer are chance. */
const ENOUGH = 10;

/** An endpoint that nobody calls any more must be tried again; its record fades by half in this time. */
const HALF_LIFE_MS = 5_000;

/**
 * How one endpoint answers: moving averages over some ten answers, which fade while nobody asks. Failures
 * are no answers: a quick one must not make a host look fast, and time-outs are for its breaker to judge,
 * which would never see enough of them if they kept calls away.
 */
export class ResponseTime {
  #answers = 0;
  #averageMs = 0;
  #lastAt = 0;
  #refused = 0;
  #refusedAt = 0;

  /** Undefined until there were enough answers to tell. */
  get averageMs(): number | undefined {
    return this.#answers < ENOUGH ? undefined : this.#averageMs;
  }

  /** The average as far as it still says something; 0 when it says nothing. */
  fadedMs(now: number): number {
    if (this.#answers < ENOUGH) return 0;
    return this.#averageMs * 2 ** ((this.#lastAt - now) / HALF_LIFE_MS);
  }

  /** Share of its answers that were RESOURCE_EXHAUSTED, 0 to 1, as far as it still says something. */
  refusedShare(now: number): number {
    if (this.#refused === 0) return 0;
    return this.#refused * 2 ** ((this.#refusedAt - now) / HALF_LIFE_MS);
  }

  answered(durationMs: number, now: number): void {
    this.#count(durationMs, now);
    if (this.#refused > 0) this.#refuse(0, now);
  }

  /** RESOURCE_EXHAUSTED: no sign of its speed, and no breaker's affair, but a reason to go elsewhere. */
  refused(now: number): void {
    this.#refuse(1, now);
  }

  #refuse(share: 0 | 1, now: number): void {
    const before = this.refusedShare(now);
    this.#refused = before + (share - before) / ENOUGH;
    if (this.#refused < 0.001) this.#refused = 0;
    this.#refusedAt = now;
  }

  #count(durationMs: number, now: number): void {
    if (this.#answers < ENOUGH) this.#answers++;
    this.#averageMs += (durationMs - this.#averageMs) / this.#answers;
    this.#lastAt = now;
  }

  /** What it was is over: the endpoint came back. */
  forget(): void {
    this.#answers = 0;
    this.#averageMs = 0;
    this.#refused = 0;
  }
}
