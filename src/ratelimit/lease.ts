/** Leases that run out sooner than this are asked for in double size next time. */
const HOT_MS = 50;
/** Leases that last longer than this are asked for in half the size next time. */
const COLD_MS = 250;

/**
 * Tokens of one bucket that Redis has counted already and this gateway has not used yet. How many are
 * asked for follows demand: a bucket that is rarely used is asked for call by call, exactly as without
 * leases; one that is hot is asked for some twenty times a second.
 */
export class Lease {
  readonly #maxSlice: number;
  #slice = 1;
  #tokens = 0;
  #grantedAtMs = Number.NEGATIVE_INFINITY;
  #lapsesAtMs = 0;
  /** The request for more that is on its way. */
  refill: Promise<void> | undefined;

  constructor(maxSlice: number) {
    this.#maxSlice = maxSlice;
  }

  tokens(nowMs: number): number {
    return nowMs < this.#lapsesAtMs ? this.#tokens : 0;
  }

  spend(cost: number): void {
    this.#tokens -= cost;
  }

  /** Whether so few are left that more should be on their way before the next call has to wait. */
  runsLow(): boolean {
    return this.#slice >= 4 && this.#tokens < this.#slice / 2 && this.refill === undefined;
  }

  /** How many to ask for when `need` are wanted at once. Never holds more than the largest slice, or `need`. */
  resize(need: number, nowMs: number): number {
    const age = nowMs - this.#grantedAtMs;
    if (age < HOT_MS) this.#slice = Math.min(this.#maxSlice, this.#slice * 2);
    else if (age > COLD_MS) this.#slice = Math.max(1, Math.floor(this.#slice / 2));
    return Math.max(need, this.#slice) - this.tokens(nowMs);
  }

  grant(tokens: number, nowMs: number, lapseMs: number): void {
    this.#tokens = this.tokens(nowMs) + tokens;
    this.#grantedAtMs = nowMs;
    this.#lapsesAtMs = nowMs + lapseMs;
  }
}
