const SMALLEST = 64;

/**
 * The running streams of a connection by identifier: a hash table with linear probing.
 *
 * Not a `Map`: V8 links each table that a Map outgrows to its successor. Once one of them was promoted to the
 * old generation, it keeps the next alive although both are garbage, and so on; under a steady turnover of
 * streams every call is then promoted with them until the next full collection.
 */
export class StreamTable<Stream extends { readonly id: number }> {
  #slots: (Stream | undefined)[] = new Array(SMALLEST).fill(undefined);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(id: number): Stream | undefined {
    return this.#slots[this.#find(id)];
  }

  add(stream: Stream): void {
    if (this.#size * 2 >= this.#slots.length) this.#grow();
    this.#slots[this.#find(stream.id)] = stream;
    this.#size += 1;
  }

  delete(id: number): void {
    const mask = this.#slots.length - 1;
    let free = this.#find(id);
    if (this.#slots[free] === undefined) return;
    this.#slots[free] = undefined;
    this.#size -= 1;
    // Whoever stood behind because its own place was taken moves up, or it would no longer be found.
    for (let at = (free + 1) & mask; ; at = (at + 1) & mask) {
      const stream = this.#slots[at];
      if (stream === undefined) return;
      const home = (stream.id >>> 1) & mask;
      if (((at - home) & mask) < ((at - free) & mask)) continue;
      this.#slots[free] = stream;
      this.#slots[at] = undefined;
      free = at;
    }
  }

  /** Those of this moment; the table may change meanwhile. */
  values(): Stream[] {
    return this.#slots.filter((stream) => stream !== undefined);
  }

  /** The slot of the stream, or the free one where it would stand. */
  #find(id: number): number {
    const mask = this.#slots.length - 1;
    // The identifiers of a client are odd and rise by two.
    let at = (id >>> 1) & mask;
    for (;;) {
      const stream = this.#slots[at];
      if (stream === undefined || stream.id === id) return at;
      at = (at + 1) & mask;
    }
  }

  #grow(): void {
    const streams = this.values();
    this.#slots = new Array(this.#slots.length * 2).fill(undefined);
    for (const stream of streams) this.#slots[this.#find(stream.id)] = stream;
  }
}
