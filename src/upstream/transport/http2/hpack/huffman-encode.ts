import { HUFFMAN_CODES } from './huffman-code.ts';

const BITS = new Int32Array(257);
const LENGTHS = new Uint8Array(257);
for (const { symbol, bits, length } of HUFFMAN_CODES) {
  BITS[symbol] = bits;
  LENGTHS[symbol] = length;
}

/** The octets `text` (latin1) takes when Huffman-coded. */
export function huffmanLength(text: string): number {
  let bits = 0;
  for (let at = 0; at < text.length; at += 1) bits += LENGTHS[text.charCodeAt(at) & 0xff] ?? 0;
  return (bits + 7) >> 3;
}

/** Writes `text` Huffman-coded and padded with ones (RFC 7541 §5.2); returns the position after it. */
export function encodeHuffman(text: string, target: Buffer, start: number): number {
  let at = start;
  let octet = 0;
  let free = 8;
  for (let index = 0; index < text.length; index += 1) {
    const symbol = text.charCodeAt(index) & 0xff;
    const code = BITS[symbol] ?? 0;
    let left = LENGTHS[symbol] ?? 0;
    while (left > 0) {
      const taken = Math.min(left, free);
      left -= taken;
      free -= taken;
      octet |= ((code >>> left) & ((1 << taken) - 1)) << free;
      if (free === 0) {
        target[at++] = octet;
        octet = 0;
        free = 8;
      }
    }
  }
  if (free < 8) target[at++] = octet | ((1 << free) - 1);
  return at;
}
