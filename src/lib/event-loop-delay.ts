import { monitorEventLoopDelay } from 'node:perf_hooks';

const RESOLUTION_MS = 20;

/** Fewer turns than this tell nothing: one of them may have been a pause of its own kind. */
const ENOUGH_TURNS = 3;

/**
 * How late the event loop is with everything, in milliseconds: the least of what was measured since the last
 * reading. A pause, however long, leaves turns beside it that were in time; work that piles up leaves none
 * (CoDel, RFC 8289 section 3.1, tells a standing queue from a burst by the same minimum).
 */
export class EventLoopDelay {
  readonly #histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  #lastMs = 0;

  constructor() {
    this.#histogram.enable();
  }

  read(): number {
    if (this.#histogram.count < ENOUGH_TURNS) return this.#lastMs;
    this.#lastMs = Math.max(0, this.#histogram.min / 1e6 - RESOLUTION_MS);
    this.#histogram.reset();
    return this.#lastMs;
  }

  stop(): void {
    this.#histogram.disable();
  }
}
