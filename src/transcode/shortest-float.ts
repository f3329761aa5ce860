/** Powers of ten up to the digits that a single-precision number has. */
const SCALES = [1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7] as const;
const MOST_DIGITS = 9;

/** The double with the fewest digits that rounds to a finite single-precision number. */
export function shortestFloat(value: number): number {
  if (Number.isInteger(value) && Math.abs(value) < 0x1000000) return value;
  // Prices and ratios: few decimals. The first scale that hits has the fewest.
  for (const scale of SCALES) {
    const scaled = value * scale;
    if (Math.abs(scaled) >= 0x1000000) break;
    const candidate = Math.round(scaled) / scale;
    if (Math.fround(candidate) === value) return candidate;
  }
  for (let digits = 1; digits < MOST_DIGITS; digits++) {
    const candidate = Number(value.toPrecision(digits));
    if (Math.fround(candidate) === value) return candidate;
  }
  return Number(value.toPrecision(MOST_DIGITS));
}
