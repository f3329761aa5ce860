import { BucketTable } from './bucket-table.ts';
import type { Claim, LimitStore, Verdict } from './limit-store.ts';
import { LocalShare } from './local-share.ts';
import { takeFromTable } from './take-from-table.ts';
import { nowInTicks, TICKS_PER_MS } from './ticks.ts';

export interface MemoryStoreOptions {
  /** Buckets kept at once; about 100 bytes each plus the name. */
  readonly maxBuckets: number;
  /** Processes that admit together at most what the limits say. Default 1. */
  readonly workers?: number;
  /** In ticks; for tests. */
  readonly now?: () => number;
}

/** How often buckets that have filled up again are dropped: often enough that idle memory shrinks. */
const SWEEP_TICKS = 60_000 * TICKS_PER_MS;

/** The limits of one gateway process. */
export class MemoryStore implements LimitStore {
  readonly #table: BucketTable;
  readonly #share = new LocalShare();
  readonly #now: () => number;
  #nextSweep = 0;

  constructor({ maxBuckets, workers = 1, now = nowInTicks }: MemoryStoreOptions) {
    this.#share.divideBy(workers);
    this.#table = new BucketTable(maxBuckets);
    this.#now = now;
  }

  get size(): number {
    return this.#table.size;
  }

  take(claims: readonly Claim[]): Verdict {
    const now = this.#now();
    if (now >= this.#nextSweep) {
      this.#table.sweep(now);
      this.#nextSweep = now + SWEEP_TICKS;
    }
    return takeFromTable(this.#table, this.#share.partsOf(claims), now);
  }
}
