/** Events closer together than this happen at the same moment, in the order they were planned. */
const TICK_MS = 0.25;

interface Planned {
  readonly tick: number;
  readonly order: number;
  readonly run: () => void;
}

/**
 * Time that moves from one planned event to the next, and only once everything that the last one set off
 * has come to rest. The same plan always unfolds in the same order.
 */
export class VirtualTime {
  /** A binary heap: the earliest event first. */
  readonly #planned: Planned[] = [];
  #tick = 0;
  #order = 0;

  /** Milliseconds since the beginning. */
  readonly now = (): number => this.#tick * TICK_MS;

  /** Runs the task after so many milliseconds, but never in the present moment. */
  after(ms: number, run: () => void): void {
    const tick = this.#tick + Math.max(1, Math.round(ms / TICK_MS));
    this.#push({ tick, order: this.#order++, run });
  }

  every(intervalMs: number, task: () => void): () => void {
    let stopped = false;
    const again = () => {
      if (stopped) return;
      task();
      this.after(intervalMs, again);
    };
    this.after(intervalMs, again);
    return () => {
      stopped = true;
    };
  }

  /** Lets time pass until the given moment. */
  async runUntil(ms: number): Promise<void> {
    const last = Math.round(ms / TICK_MS);
    for (let next = this.#planned[0]; next !== undefined && next.tick <= last; ) {
      this.#tick = next.tick;
      while (next !== undefined && next.tick === this.#tick) {
        this.#pop();
        next.run();
        next = this.#planned[0];
      }
      // Promise callbacks all run before this does, however many follow from one another.
      await new Promise(setImmediate);
      next = this.#planned[0];
    }
    this.#tick = last;
  }

  #push(planned: Planned): void {
    const heap = this.#planned;
    let at = heap.push(planned) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = heap[above];
      if (parent === undefined || isBefore(parent, planned)) break;
      heap[at] = parent;
      at = above;
    }
    heap[at] = planned;
  }

  #pop(): void {
    const heap = this.#planned;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      const [left, right] = [heap[below], heap[below + 1]];
      if (left === undefined) break;
      if (right !== undefined && isBefore(right, left)) below++;
      const child = heap[below];
      if (child === undefined || isBefore(last, child)) break;
      heap[at] = child;
      at = below;
    }
    heap[at] = last;
  }
}

function isBefore(left: Planned, right: Planned): boolean {
  return left.tick < right.tick || (left.tick === right.tick && left.order < right.order);
}
