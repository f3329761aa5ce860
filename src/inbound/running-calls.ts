import { Refusal } from './refusal.ts';

/** Counts calls between their admission and their answer, so that a shutdown can wait for the last one. */
export class RunningCalls {
  readonly #max: number;
  #count = 0;
  #waiting: (() => void)[] = [];

  constructor(max: number) {
    this.#max = max;
  }

  get count(): number {
    return this.#count;
  }

  /** @throws Refusal SERVICE_UNAVAILABLE when `calls` more would be too many. */
  admit(calls: number): void {
    if (this.#count + calls > this.#max) {
      throw new Refusal(
        'SERVICE_UNAVAILABLE',
        `The gateway is busy: ${this.#count} calls are running and ${this.#max} may. Try again shortly.`,
        1000,
      );
    }
    this.#count += calls;
  }

  release(calls: number): void {
    this.#count -= calls;
    if (this.#count > 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }

  /** Resolves once no call is running. */
  idle(): Promise<void> {
    if (this.#count === 0) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}
