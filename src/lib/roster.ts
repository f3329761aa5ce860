/** Something that stands in at most one roster and carries its own place there. */
export interface RosterEntry {
  /** The roster's own; -1 while in none. */
  rosterPlace: number;
}

/**
 * An unordered set for members that come and go with every call. Not a `Set`: V8 links each table that a
 * Set outgrows to its successor, and once one of them is in the old generation, all that follow are promoted
 * with their members, dead as they are, until the next full collection.
 */
export class Roster<Entry extends RosterEntry> {
  readonly #entries: Entry[] = [];

  get size(): number {
    return this.#entries.length;
  }

  has(entry: Entry): boolean {
    return this.#entries[entry.rosterPlace] === entry;
  }

  add(entry: Entry): void {
    if (this.has(entry)) return;
    entry.rosterPlace = this.#entries.length;
    this.#entries.push(entry);
  }

  delete(entry: Entry): void {
    if (!this.has(entry)) return;
    const last = this.#entries.pop();
    if (last !== undefined && last !== entry) {
      last.rosterPlace = entry.rosterPlace;
      this.#entries[last.rosterPlace] = last;
    }
    entry.rosterPlace = -1;
  }

  /** Those of this moment; the roster may change meanwhile. */
  values(): Entry[] {
    return [...this.#entries];
  }
}
