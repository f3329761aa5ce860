/** A process that died at once dies again at once, and each start compiles the contracts. */
const FIRST_MS = 100;
const LONGEST_MS = 10_000;
/** Who served this long did not die of its start. */
const WELL_AFTER_MS = 60_000;

/** How long to wait before a worker is started again: twice as long after each death, up to 10 s. */
export class RestartDelay {
  #deaths = 0;

  /**
   * Deaths without a minute of service between them.
   * @param servesMs how long it has served now; 0 where it does not.
   */
  deathsInARow(servesMs: number): number {
    return servesMs >= WELL_AFTER_MS ? 0 : this.#deaths;
  }

  /** @param servedMs how long it served before it died; 0 for never. Gives milliseconds to wait. */
  died(servedMs: number): number {
    this.#deaths = servedMs >= WELL_AFTER_MS ? 1 : this.#deaths + 1;
    return Math.min(LONGEST_MS, FIRST_MS * 2 ** (this.#deaths - 1));
  }
}
