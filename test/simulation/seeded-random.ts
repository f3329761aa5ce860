import type { Random } from '../../src/lib/clock.ts';

/** The mulberry32 generator: small, and the same sequence for the same seed everywhere. */
export function createSeededRandom(seed: number): Random {
  let state = seed >>> 0;
  return function nextRandom() {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
