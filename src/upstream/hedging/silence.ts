/** Attempts in a row that others overtook while the endpoint answered nobody: fewer may be bad luck. */
const ENOUGH = 5;

/** Overtaken attempts that may wait for their answers at once: as many as open a breaker by default. */
const MOST_AWAITED = 5;

/**
 * What hedging hides of one endpoint: attempts that are cancelled, because another answered, say nothing of it,
 * and one that hangs would be called for ever. So once it has answered nobody for some attempts, a few of those
 * that are overtaken are left to run to their deadline, and how they end is told to its breaker as of any attempt.
 */
export class Silence {
  #overtaken = 0;
  #awaited = 0;

  /** It answered a call, whatever it said. */
  answered(): void {
    this.#overtaken = 0;
  }

  /** Another attempt answered first. @returns whether this one is to go on, until `awaitedEnded` */
  overtaken(): boolean {
    this.#overtaken++;
    if (this.#overtaken <= ENOUGH || this.#awaited >= MOST_AWAITED) return false;
    this.#awaited++;
    return true;
  }

  awaitedEnded(): void {
    this.#awaited--;
  }
}
