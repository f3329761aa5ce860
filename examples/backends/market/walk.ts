import { gaussian } from './noise.ts';

export const DAY_MS = 86_400_000;

/** 2^19 intervals of 165 ms in a day; between two of them the walk is a straight line. */
const LEVELS = 19;

/** Typical size of a day's move, and of the step between two closes: 4 % and 2 %. */
const DAY_VOLATILITY = 0.04;
const CLOSE_VOLATILITY = 0.02;

/**
 * A seeded random walk that can be asked for any moment, past or future, in the same few steps: a
 * Brownian bridge from close to close, built by Lévy's midpoint construction. It has no state, so
 * two processes with one seed see one market.
 */
export class Walk {
  readonly #seed: number;
  readonly #id: number;
  readonly #base: number;

  /**
   * @param id Tells the walks of one market apart.
   * @param base The price that the closes scatter around.
   */
  constructor(seed: number, id: number, base: number) {
    this.#seed = seed;
    this.#id = id;
    this.#base = base;
  }

  /** The price at the end of a day, counted from the Unix epoch. */
  closeOf(day: number): number {
    return this.#base * Math.exp(CLOSE_VOLATILITY * gaussian(this.#seed, this.#id, day, 0));
  }

  priceAt(epochMs: number): number {
    const day = Math.floor(epochMs / DAY_MS);
    const position = epochMs / DAY_MS - day;
    const open = Math.log(this.closeOf(day - 1));
    const close = Math.log(this.closeOf(day));
    return Math.exp(open + (close - open) * position + this.#bridge(day, position));
  }

  /** Starts and ends the day at 0; each midpoint scatters by half the root of its interval's length. */
  #bridge(day: number, position: number): number {
    let start = 0;
    let length = 1;
    let left = 0;
    let right = 0;
    let node = 1;
    for (let level = 0; level < LEVELS; level++) {
      const scatter = (DAY_VOLATILITY * Math.sqrt(length)) / 2;
      const middle = (left + right) / 2 + scatter * gaussian(this.#seed, this.#id, day, node);
      length /= 2;
      if (position < start + length) {
        right = middle;
        node = 2 * node;
      } else {
        start += length;
        left = middle;
        node = 2 * node + 1;
      }
    }
    return left + ((right - left) * (position - start)) / length;
  }
}
