const TWO_32 = 4294967296;

/** A number prints as its digits up to 2^53; beyond, the digits are put together from two halves. */
export function signedText(lo: number, hi: number): number | string {
  const exact = hi * TWO_32 + (lo >>> 0);
  if (Number.isSafeInteger(exact)) return exact;
  if (hi >= 0) return unsignedText(lo, hi);
  const negatedLo = (~lo + 1) | 0;
  const negatedHi = negatedLo === 0 ? (~hi + 1) | 0 : ~hi;
  return `-${unsignedText(negatedLo, negatedHi)}`;
}

export function unsignedText(lo: number, hi: number): number | string {
  const high = hi >>> 0;
  const low = lo >>> 0;
  if (high < 0x200000) return high * TWO_32 + low;
  // Long division by 10^9 in steps of 16 bits, so that each stays below 2^53.
  const upper = Math.floor(high / 1e9);
  const high16 = (high % 1e9) * 65536 + (low >>> 16);
  const quotient16 = Math.floor(high16 / 1e9);
  const low16 = (high16 % 1e9) * 65536 + (low & 0xffff);
  const quotient = upper * TWO_32 + quotient16 * 65536 + Math.floor(low16 / 1e9);
  const remainder = low16 % 1e9;
  return quotient + String(1e9 + remainder).slice(1);
}
