import type { Priority } from '../../contract/policy.ts';

/** From the one that is served first to the one that is refused first. */
const ORDER: readonly Priority[] = ['critical', 'default', 'bulk'];

/** Calls that wait for room: each class in the order of its arrival, and never more than `max` in all. */
export class PendingQueue<Waiter extends { readonly priority: Priority }> {
  readonly #max: number;
  readonly #waiting: Readonly<Record<Priority, Waiter[]>> = { critical: [], default: [], bulk: [] };
  #size = 0;

  constructor(max: number) {
    this.#max = max;
  }

  get size(): number {
    return this.#size;
  }

  /** Whether somebody waits whom a newcomer of this class may not overtake. */
  isBefore(priority: Priority): boolean {
    for (const each of ORDER) {
      if (this.#waiting[each].length > 0) return true;
      if (each === priority) return false;
    }
    return false;
  }

  /** Gives back who has to go for it where it is too many: the last to come of the lowest class, perhaps itself. */
  push(waiter: Waiter): Waiter | undefined {
    this.#waiting[waiter.priority].push(waiter);
    this.#size++;
    if (this.#size <= this.#max) return undefined;
    const lowest = ORDER.findLast((priority) => this.#waiting[priority].length > 0);
    const last = lowest && this.#waiting[lowest].pop();
    if (last !== undefined) this.#size--;
    return last;
  }

  first(): Waiter | undefined {
    for (const priority of ORDER) {
      const [first] = this.#waiting[priority];
      if (first !== undefined) return first;
    }
    return undefined;
  }

  /** False where it does not wait any more. */
  delete(waiter: Waiter): boolean {
    const waiting = this.#waiting[waiter.priority];
    const at = waiting.indexOf(waiter);
    if (at === -1) return false;
    waiting.splice(at, 1);
    this.#size--;
    return true;
  }
}
