import type { Clock } from './clock.ts';

interface Sleeper {
  readonly wakesAtMs: number;
  readonly wake: () => void;
}

/** A clock that stands still until {@link ManualClock.advance} turns it. */
export class ManualClock implements Clock {
  #now: number;
  #sleepers: Sleeper[] = [];

  constructor(epochMs: number) {
    this.#now = epochMs;
  }

  now(): number {
    return this.#now;
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    this.#sleepers.push({ wakesAtMs: this.#now + ms, wake: resolve });
    return promise;
  }

  advance(ms: number): void {
    this.#now += ms;
    const awake = this.#sleepers.filter((sleeper) => sleeper.wakesAtMs <= this.#now);
    this.#sleepers = this.#sleepers.filter((sleeper) => sleeper.wakesAtMs > this.#now);
    for (const sleeper of awake) sleeper.wake();
  }
}
