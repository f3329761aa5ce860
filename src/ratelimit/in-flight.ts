/**
 * How many of something one caller holds at once: calls, streams, sockets. Kept per process, because
 * what it protects (memory, sockets) is a process's own. Callers that hold nothing take no memory.
 */
export class InFlight {
  readonly #max: number;
  readonly #held = new Map<string, number>();

  constructor(max: number) {
    this.#max = max;
  }

  /** Callers that hold something. */
  get callers(): number {
    return this.#held.size;
  }

  heldBy(caller: string): number {
    return this.#held.get(caller) ?? 0;
  }

  /** False when the caller holds all it may. Each true must be followed by one {@link release}. */
  acquire(caller: string): boolean {
    const held = this.heldBy(caller);
    if (held >= this.#max) return false;
    this.#held.set(caller, held + 1);
    return true;
  }

  release(caller: string): void {
    const held = this.heldBy(caller);
    if (held <= 1) this.#held.delete(caller);
    else this.#held.set(caller, held - 1);
  }
}
