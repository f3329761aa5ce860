/**
 * The unit of time of this place: 1/16 µs, counted from the start of 2025 (UTC).
 *
 * Charges are sums of whole ticks, so a double holds them without rounding until past 2040, in
 * JavaScript and in Redis alike, and no error adds up over millions of calls.
 */
export const TICKS_PER_MS = 16_000;

/** 2025-01-01T00:00:00Z in seconds of the Unix epoch: a midnight, so days begin at multiples of one. */
export const EPOCH_SECONDS = 1_735_689_600;

const START_MS = performance.timeOrigin - EPOCH_SECONDS * 1_000;

/**
 * Now by this process: the wall clock at its start plus a clock that never goes back, so that a
 * corrected wall clock neither grants nor takes away anything.
 */
export function nowInTicks(): number {
  return Math.floor((START_MS + performance.now()) * TICKS_PER_MS);
}
