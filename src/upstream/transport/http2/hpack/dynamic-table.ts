import { type HeaderField, sizeOfField } from './header-field.ts';

/** The dynamic table of RFC 7541 §2.3.2: first in, first out, bounded in octets. */
export class DynamicTable {
  /** Oldest first; entries below `#first` are evicted and wait to be compacted away. */
  #entries: HeaderField[] = [];
  #first = 0;
  #size = 0;
  #maxSize: number;
  /** Rises with every change, so that what was derived from the table can tell whether it still holds. */
  generation = 0;

  constructor(maxSize: number) {
    this.#maxSize = maxSize;
  }

  get length(): number {
    return this.#entries.length - this.#first;
  }

  get size(): number {
    return this.#size;
  }

  get maxSize(): number {
    return this.#maxSize;
  }

  /** The entry at a 1-based position, 1 being the newest, or undefined outside the table. */
  get(position: number): HeaderField | undefined {
    const at = this.#entries.length - position;
    return at < this.#first ? undefined : this.#entries[at];
  }

  /** Evicts from the old end until the field fits; a field larger than the table empties it (§4.4). */
  add(field: HeaderField): void {
    this.generation += 1;
    const size = sizeOfField(field);
    this.#evictTo(this.#maxSize - size);
    if (size > this.#maxSize) return;
    this.#entries.push(field);
    this.#size += size;
  }

  resize(maxSize: number): void {
    this.generation += 1;
    this.#maxSize = maxSize;
    this.#evictTo(maxSize);
  }

  #evictTo(room: number): void {
    while (this.#size > room) {
      const oldest = this.#entries[this.#first];
      if (oldest === undefined) break;
      this.#size -= sizeOfField(oldest);
      this.#first += 1;
    }
    if (this.#first > 64 && this.#first * 2 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#first);
      this.#first = 0;
    }
  }
}
