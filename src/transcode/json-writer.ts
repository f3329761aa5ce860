import { isUtf8 } from 'node:buffer';
import { MalformedMessage, refuseUtf8 } from './malformed-message.ts';
import { latin1Slice, latin1Write, utf8Slice } from './node-buffer.ts';

const FIRST_BYTES = 16 * 1024;
/** What a longer answer needed is not kept, nor what a larger map did. */
const KEPT_BYTES = 1024 * 1024;
/** Room that every `reserve` leaves behind what it was asked for: constants of some bytes need none of their own, and are written eight bytes at a time. */
const SLACK = 64;
const FIRST_ENTRIES = 64;
const KEPT_ENTRIES = 64 * 1024;

/** A constant as numbers whose bytes are its text, the last filled up with zeros. */
export interface Piece {
  readonly words: Float64Array;
  /** In bytes. */
  readonly length: number;
}

/** Of ASCII text only, so that none of the numbers is NaN, whose bits need not survive. */
export function pieceOf(text: string): Piece {
  const bytes = Buffer.alloc(Math.ceil(text.length / 8) * 8);
  bytes.write(text, 'latin1');
  const words = new Float64Array(bytes.length / 8);
  for (let i = 0; i < words.length; i++) words[i] = bytes.readDoubleLE(i * 8);
  return { words, length: text.length };
}

/**
 * The UTF-8 of a JSON text under construction, in memory that is used again for the next one. Strings are
 * copied here as they stand on the wire, and looked at for UTF-8 at the end: a string in quotes cannot borrow
 * bytes from its neighbour, so a look at the whole is a look at each.
 *
 * Who writes numbers or constants reserves room first, and they never ask for more: the caller's `view` is still
 * the writer's afterwards. What is of unknown length reserves for itself.
 */
export class JsonWriter {
  bytes: Uint8Array = Buffer.allocUnsafeSlow(FIRST_BYTES);
  view: DataView = viewOf(this.bytes);
  pos = 0;
  /** Room promised to messages that are begun and not yet ended, for their keys and numbers. */
  owed = 0;
  /** Whether all strings so far are, so that the text needs no look for UTF-8. */
  isAscii = true;
  /** Entries of the maps that are being written, four numbers each; see `writeMap`. */
  entries = new Int32Array(FIRST_ENTRIES);
  entriesEnd = 0;
  readonly #maxLength: number;

  /** `maxLength` is in bytes. */
  constructor(maxLength: number) {
    this.#maxLength = maxLength;
  }

  reset(): void {
    this.pos = 0;
    this.owed = 0;
    this.isAscii = true;
    this.entriesEnd = 0;
    if (this.bytes.length > KEPT_BYTES) this.#moveTo(FIRST_BYTES);
    if (this.entries.length > KEPT_ENTRIES) this.entries = new Int32Array(FIRST_ENTRIES);
  }

  /** Makes room for so many bytes. `bytes` and `view` may be others afterwards. */
  reserve(length: number): void {
    if (this.pos + length + this.owed + SLACK > this.bytes.length) this.#grow(length);
  }

  /** ASCII in reserved room. */
  piece({ words, length }: Piece): void {
    const { view } = this;
    let at = this.pos;
    for (let i = 0; i < words.length; i++, at += 8) view.setFloat64(at, words[i] ?? 0, true);
    this.pos += length;
  }

  /** One ASCII character in reserved room. */
  byte(code: number): void {
    this.bytes[this.pos++] = code;
  }

  /** Some ASCII characters in reserved room. */
  put(text: string): void {
    const { bytes, pos } = this;
    const { length } = text;
    for (let i = 0; i < length; i++) bytes[pos + i] = text.charCodeAt(i);
    this.pos = pos + length;
  }

  /** ASCII of any length. */
  ascii(text: string): void {
    const { length } = text;
    this.reserve(length);
    if (length <= SLACK) {
      this.put(text);
    } else {
      latin1Write.call(this.bytes, text, this.pos, length);
      this.pos += length;
    }
  }

  /** Takes back everything from a position on, once it is known to be UTF-8. */
  dropFrom(start: number): void {
    if (!this.isAscii && !isUtf8(this.bytes.subarray(start, this.pos))) refuseUtf8();
    this.pos = start;
  }

  /** Notes a map's entry. */
  pushEntry(start: number, end: number, keyLow: number, keyHigh: number): void {
    const at = this.entriesEnd;
    if (at + 4 > this.entries.length) {
      const more = new Int32Array(this.entries.length * 2);
      more.set(this.entries);
      this.entries = more;
    }
    this.entries[at] = start;
    this.entries[at + 1] = end;
    this.entries[at + 2] = keyLow;
    this.entries[at + 3] = keyHigh;
    this.entriesEnd = at + 4;
  }

  /** @throws MalformedMessage where it is not UTF-8 or too long. */
  finish(): string {
    const { bytes, pos } = this;
    if (pos > this.#maxLength) refuseLength();
    if (this.isAscii) return latin1Slice.call(bytes, 0, pos);
    if (!isUtf8(bytes.subarray(0, pos))) refuseUtf8();
    return utf8Slice.call(bytes, 0, pos);
  }

  /** Memory is never much beyond the longest text that is allowed, since few bytes can stand for much text where fields of implicit presence are always emitted. */
  #grow(length: number): void {
    if (this.pos > this.#maxLength) refuseLength();
    const needed = this.pos + length + this.owed + SLACK;
    this.#moveTo(Math.max(needed, Math.min(this.bytes.length * 2, this.#maxLength + SLACK)));
  }

  #moveTo(length: number): void {
    const before = this.bytes;
    this.bytes = Buffer.allocUnsafeSlow(length);
    this.view = viewOf(this.bytes);
    this.bytes.set(before.subarray(0, this.pos));
  }
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

function refuseLength(): never {
  throw new MalformedMessage('its JSON text is longer than Weir allows');
}
