import type { Clock } from '../../lib/clock.ts';

export interface RetryBudgetOptions {
  /** Retries for each call, 0 to 1. */
  readonly ratio: number;
  /** Retries a second beside those, or nothing could be tried again where calls are few. */
  readonly minPerSecond: number;
}

/**
 * Keeps retries from multiplying the load on backends that already fail, as linkerd's and Envoy's budgets
 * do: in any ten seconds at most `ratio` retries for each call, and a few beside. It grows with the rate
 * of calls, so what a killed endpoint had in its hands may go again however much that was.
 */
export interface RetryBudget {
  /** Retries that may be made now. */
  readonly left: number;
  /** A call begins, and brings its share of a retry with it. */
  deposit(): void;
  /** Takes one retry; false when none is left. */
  withdraw(): boolean;
}

const SLOT_MS = 1_000;
const SLOTS = 10;

export function createRetryBudget(options: RetryBudgetOptions, clock: Clock): RetryBudget {
  const { ratio, minPerSecond } = options;
  const reserve = (minPerSecond * SLOTS * SLOT_MS) / 1_000;
  /** What each of the last seconds brought, less what it took. */
  const slots = new Float64Array(SLOTS);
  let current = Math.floor(clock() / SLOT_MS);
  let balance = 0;

  function expire(): void {
    const now = Math.floor(clock() / SLOT_MS);
    const passed = Math.min(now - current, SLOTS);
    for (let slot = 0; slot < passed; slot++) {
      const oldest = (current + 1 + slot) % SLOTS;
      balance -= slots[oldest] ?? 0;
      slots[oldest] = 0;
    }
    current = now;
  }

  function add(amount: number): void {
    const slot = current % SLOTS;
    slots[slot] = (slots[slot] ?? 0) + amount;
    balance += amount;
  }

  return {
    get left() {
      expire();
      return Math.max(0, Math.floor(balance + reserve));
    },
    deposit() {
      expire();
      add(ratio);
    },
    withdraw() {
      expire();
      if (balance + reserve < 1) return false;
      add(-1);
      return true;
    },
  };
}
