import { isUtf8 } from 'node:buffer';
import { refuseUtf8 } from './json-string.ts';
import { latin1Write, utf8Slice } from './node-buffer.ts';

/** Enough for nearly every answer; a longer one gets memory of its own, which is not kept. */
const KEPT_BYTES = 64 * 1024;

let kept: Buffer | undefined;

/**
 * The JSON text of a whole message, put together, from its text in bytes.
 *
 * V8 keeps a concatenation as a tree of its parts until someone reads it. A tree of thousands of parts that
 * outlives a scavenge costs more to copy than it did to make, so it is read here: 50 ms a scavenge against
 * 1 ms with a dozen answers of 100 kB on their way.
 * @throws MalformedMessage where the bytes are not UTF-8. All strings stand between quotes, which no sequence
 * of UTF-8 goes across, so one look at the whole is a look at each.
 */
export function finishText(text: string, isAscii: boolean): string {
  if (isAscii) {
    // Looking at what is read keeps V8 from leaving the reading out once this is optimised.
    if (text.charCodeAt(0) > 0xff) throw new TypeError('The text is not in bytes.');
    return text;
  }
  const { length } = text;
  if (length <= KEPT_BYTES) kept ??= Buffer.allocUnsafeSlow(KEPT_BYTES);
  const bytes = length <= KEPT_BYTES && kept !== undefined ? kept : Buffer.allocUnsafeSlow(length);
  latin1Write.call(bytes, text, 0, length);
  if (!isUtf8(bytes.subarray(0, length))) refuseUtf8();
  return utf8Slice.call(bytes, 0, length);
}
