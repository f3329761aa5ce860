/** The longest a timer of Node can wait: 2^31 − 1 milliseconds. */
const MAX_TIMER_MS = 2_147_483_647;

interface Entry {
  readonly atMs: number;
  run: (() => void) | undefined;
}

/**
 * Runs things at moments in time with one timer for all of them, however many streams wait for their
 * token to die. A binary heap by moment; what was taken back stays in it as an empty entry until its
 * moment, or until empty entries are the majority.
 */
export class ExpiryQueue {
  #heap: Entry[] = [];
  #empty = 0;
  #timer: NodeJS.Timeout | undefined;
  #timerAtMs = Number.POSITIVE_INFINITY;
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** Runs `run` at `atMs` (milliseconds since the epoch), never for `Infinity`. Returns what takes it back. */
  add(atMs: number, run: () => void): () => void {
    if (atMs === Number.POSITIVE_INFINITY) return () => {};
    const entry: Entry = { atMs, run };
    this.#push(entry);
    this.#arm();
    return () => {
      if (entry.run === undefined) return;
      entry.run = undefined;
      this.#empty++;
      if (this.#empty > 64 && this.#empty * 2 > this.#heap.length) this.#compact();
    };
  }

  get size(): number {
    return this.#heap.length - this.#empty;
  }

  /** Forgets everything without running it. */
  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#timerAtMs = Number.POSITIVE_INFINITY;
    this.#heap = [];
    this.#empty = 0;
  }

  /** Runs what is due. Called by the timer; tests with a clock of their own call it themselves. */
  runDue(): void {
    for (let first = this.#heap[0]; first !== undefined; first = this.#heap[0]) {
      if (first.run !== undefined && first.atMs > this.#now()) break;
      this.#pop();
      const { run } = first;
      if (run === undefined) {
        this.#empty--;
        continue;
      }
      first.run = undefined;
      run();
    }
    this.#arm();
  }

  #arm(): void {
    const first = this.#heap[0];
    if (first === undefined || first.atMs >= this.#timerAtMs) return;
    clearTimeout(this.#timer);
    this.#timerAtMs = first.atMs;
    // Rounded up, because a timer may fire a fraction of a millisecond early.
    const waitMs = Math.ceil(Math.min(Math.max(first.atMs - this.#now(), 0), MAX_TIMER_MS));
    this.#timer = setTimeout(() => {
      this.#timerAtMs = Number.POSITIVE_INFINITY;
      this.runDue();
    }, waitMs);
    this.#timer.unref();
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(entry);
    while (at > 0) {
      const parentAt = (at - 1) >> 1;
      const parent = heap[parentAt];
      if (parent === undefined || parent.atMs <= entry.atMs) break;
      heap[at] = parent;
      at = parentAt;
    }
    heap[at] = entry;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let at = 0;
    for (;;) {
      let childAt = 2 * at + 1;
      const left = heap[childAt];
      if (left === undefined) break;
      const right = heap[childAt + 1];
      let child = left;
      if (right !== undefined && right.atMs < left.atMs) {
        child = right;
        childAt++;
      }
      if (child.atMs >= last.atMs) break;
      heap[at] = child;
      at = childAt;
    }
    heap[at] = last;
  }

  #compact(): void {
    const kept = this.#heap.filter(({ run }) => run !== undefined);
    this.#heap = [];
    this.#empty = 0;
    for (const entry of kept) this.#push(entry);
  }
}
