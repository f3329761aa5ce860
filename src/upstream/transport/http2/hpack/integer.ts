import { HpackError } from './hpack-error.ts';

/**
 * Integers here are sizes and indices of bounded things; four continuation octets carry 28 bits. More is
 * refused so that no sequence of zero octets can go on for ever (RFC 7541 §7.4).
 */
const MOST_CONTINUATION_OCTETS = 4;

/** Reads integers with a prefix of some bits (RFC 7541 §5.1) and remembers where they ended. */
export class IntegerReader {
  at = 0;

  read(bytes: Buffer, start: number, end: number, prefixBits: number): number {
    if (start >= end) throw new HpackError('the block ends before an integer');
    const full = (1 << prefixBits) - 1;
    let value = (bytes[start] ?? 0) & full;
    let at = start + 1;
    if (value === full) {
      let shift = 0;
      let octet = 0x80;
      while ((octet & 0x80) !== 0) {
        if (at >= end) throw new HpackError('the block ends inside an integer');
        if (shift === 7 * MOST_CONTINUATION_OCTETS) throw new HpackError('an integer is too long');
        octet = bytes[at++] ?? 0;
        value += (octet & 0x7f) << shift;
        shift += 7;
      }
    }
    this.at = at;
    return value;
  }
}

/** Writes an integer behind the pattern already due in the first octet; returns the position after it. */
export function writeInteger(
  value: number,
  pattern: number,
  prefixBits: number,
  target: Buffer,
  start: number,
): number {
  const full = (1 << prefixBits) - 1;
  if (value < full) {
    target[start] = pattern | value;
    return start + 1;
  }
  target[start] = pattern | full;
  let at = start + 1;
  let rest = value - full;
  while (rest >= 0x80) {
    target[at++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  target[at++] = rest;
  return at;
}
