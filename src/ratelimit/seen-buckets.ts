import { BucketTable } from './bucket-table.ts';
import { nowInTicks } from './ticks.ts';

/**
 * What this gateway last saw of the buckets in Redis, by the clock of Redis. A bucket there is never
 * less used than it was seen, so this memory may refuse a call without asking; it decides alone while
 * Redis is gone, from where Redis left off; and it gives back what a restarted server has lost.
 */
export class SeenBuckets {
  readonly table: BucketTable;
  readonly #clock: () => number;
  #ahead = 0;

  constructor(maxBuckets: number, clock: () => number = nowInTicks) {
    this.table = new BucketTable(maxBuckets);
    this.#clock = clock;
  }

  /** Now by the clock of Redis, late by no more than the last round trip. */
  now(): number {
    return this.#clock() + this.#ahead;
  }

  /** Sets the clock by a reply that just arrived. */
  synchronise(redisNow: number): void {
    this.#ahead = redisNow - this.#clock();
  }
}
