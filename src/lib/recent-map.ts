/**
 * What was worked out for a key, to be found again while the key is in use, bounded: two generations of at
 * most half the bound each. A key that is used moves into the young one; when that is full, the old one is
 * dropped whole. So the least recently used go first, without a list to keep.
 */
export class RecentMap<Key, Value> {
  readonly #half: number;
  #young = new Map<Key, Value>();
  #old = new Map<Key, Value>();

  constructor(maxEntries: number) {
    this.#half = Math.max(1, Math.floor(maxEntries / 2));
  }

  get size(): number {
    return this.#young.size + this.#old.size;
  }

  get(key: Key): Value | undefined {
    const young = this.#young.get(key);
    if (young !== undefined || this.#old.size === 0) return young;
    const old = this.#old.get(key);
    if (old !== undefined) this.set(key, old);
    return old;
  }

  set(key: Key, value: Value): void {
    if (this.#young.size >= this.#half && !this.#young.has(key)) {
      this.#old = this.#young;
      this.#young = new Map();
    } else if (this.#old.size > 0) {
      this.#old.delete(key);
    }
    this.#young.set(key, value);
  }
}
