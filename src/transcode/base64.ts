/** The value of each base64 digit of either alphabet (RFC 4648 sections 4 and 5) plus one; 0 for what is none. */
const DIGITS = new Uint8Array(128);
for (const [index, digit] of [
  ...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/',
].entries()) {
  DIGITS[digit.charCodeAt(0)] = index + 1;
}
DIGITS['-'.charCodeAt(0)] = DIGITS['+'.charCodeAt(0)] ?? 0;
DIGITS['_'.charCodeAt(0)] = DIGITS['/'.charCodeAt(0)] ?? 0;

const PADDING = 0x3d;

/**
 * How many bytes a base64 text stands for, or -1 where it is not base64. Both alphabets are taken, with
 * and without padding, as ProtoJSON asks; white space and padding in the middle are not.
 */
export function base64Length(text: string): number {
  let end = text.length;
  if (end > 0 && text.charCodeAt(end - 1) === PADDING) {
    if (end % 4 !== 0) return -1;
    end -= text.charCodeAt(end - 2) === PADDING ? 2 : 1;
  }
  // One digit left over holds six bits, which is no byte.
  if (end % 4 === 1) return -1;
  for (let i = 0; i < end; i++) {
    const code = text.charCodeAt(i);
    if (code > 127 || DIGITS[code] === 0) return -1;
  }
  return Math.floor((end * 3) / 4);
}
