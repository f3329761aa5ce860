/**
 * Arrival times by bucket, bounded: two generations of at most half the bound each. A bucket that is
 * used moves into the young one; when that is full, the old one is dropped whole and the young one
 * takes its place. So the least recently used go first, without a list to keep and without a timer.
 *
 * Someone who fills the table with invented names gains nothing by pushing a bucket out: each of those
 * names came with a full bucket of its own.
 */
export class BucketTable {
  readonly #half: number;
  #young = new Map<string, number>();
  #old = new Map<string, number>();

  constructor(maxBuckets: number) {
    this.#half = Math.max(1, Math.floor(maxBuckets / 2));
  }

  get size(): number {
    return this.#young.size + this.#old.size;
  }

  /** The arrival time in ticks; 0 for a bucket never used, or long ago. */
  get(bucket: string): number {
    return this.#young.get(bucket) ?? this.#old.get(bucket) ?? 0;
  }

  set(bucket: string, tat: number): void {
    if (this.#young.size >= this.#half && !this.#young.has(bucket)) {
      this.#old = this.#young;
      this.#young = new Map();
    } else if (this.#old.size > 0) {
      this.#old.delete(bucket);
    }
    this.#young.set(bucket, tat);
  }

  /** Keeps the later of the two. */
  raise(bucket: string, tat: number): void {
    if (tat > this.get(bucket)) this.set(bucket, tat);
  }

  /** Every bucket that is not full at `now`. */
  *inUse(now: number): Generator<readonly [bucket: string, tat: number]> {
    for (const entry of this.#old) if (entry[1] > now) yield entry;
    for (const entry of this.#young) if (entry[1] > now) yield entry;
  }

  /** Drops what is full at `now`: it reads the same as absent. */
  sweep(now: number): void {
    for (const generation of [this.#old, this.#young]) {
      for (const [bucket, tat] of generation) if (tat <= now) generation.delete(bucket);
    }
  }
}
