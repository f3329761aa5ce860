import { WeirError } from '../errors.ts';
import { doubles, floats, LOW_WORD, words } from './float-bits.ts';
import { InvalidValue } from './invalid-value.ts';
import { base64Write, latin1Write, utf8Write } from './node-buffer.ts';

/**
 * Small messages are written one before the other into a piece of memory of this size and handed out where
 * they stand, since a copy costs more than writing them. Small, so that one that is kept keeps little else.
 */
const SLAB_BYTES = 16 * 1024;
/** Larger messages are written into memory that is used again, up to this size, and copied out. */
const KEPT_BYTES = 1024 * 1024;
/** Up to this many characters a loop beats the calls into Node that measure and copy a string. */
const SHORT_STRING = 40;
const TWO_32 = 4294967296;

/**
 * Protobuf bytes under construction, written from the end to the start: each length is known when it is
 * to be written, so no message is measured first and none is moved afterwards. Fields, list items and map
 * entries are therefore written in reverse, and a field's value before its tag.
 */
export class WireWriter {
  /** Where the message is being written: from `#pos` to `#end`. */
  #bytes = new Uint8Array(SLAB_BYTES);
  #pos = SLAB_BYTES;
  #end = SLAB_BYTES;
  #slab = this.#bytes;
  #slabEnd = SLAB_BYTES;
  #large = new Uint8Array();
  readonly #maxBytes: number;
  readonly #maxStringLength: number;

  /** @param maxStringLength characters of one string, map key or text of base64 */
  constructor(maxBytes: number, maxStringLength = Number.POSITIVE_INFINITY) {
    this.#maxBytes = maxBytes;
    this.#maxStringLength = maxStringLength;
  }

  /** Begins a message; one that was begun and not finished is gone. */
  reset(): void {
    this.#bytes = this.#slab;
    this.#end = this.#slabEnd;
    this.#pos = this.#slabEnd;
    if (this.#large.length > KEPT_BYTES) this.#large = new Uint8Array();
  }

  /** Bytes written so far. */
  get size(): number {
    return this.#end - this.#pos;
  }

  /**
   * The message. Nothing is written there any more.
   * @throws WeirError RESOURCE_EXHAUSTED where it is too large and there was memory for it all the same.
   */
  finish(): Uint8Array {
    if (this.size > this.#maxBytes) this.#refuseSize();
    if (this.#bytes !== this.#slab) return this.#bytes.slice(this.#pos, this.#end);
    this.#slabEnd = this.#pos;
    return this.#bytes.subarray(this.#pos, this.#end);
  }

  tag(tag: number): void {
    if (tag >>> 7 === 0) {
      if (this.#pos < 1) this.#grow(1);
      this.#bytes[--this.#pos] = tag;
    } else this.varint32(tag);
  }

  /** The length of what was written since `size` was `mark`. */
  lengthSince(mark: number): void {
    this.varint32(this.size - mark);
  }

  /** An unsigned 32-bit varint; a negative number is taken as the same 32 bits. */
  varint32(value: number): void {
    const unsigned = value >>> 0;
    if (unsigned < 0x80) {
      if (this.#pos < 1) this.#grow(1);
      this.#bytes[--this.#pos] = unsigned;
      return;
    }
    const length = unsigned < 0x4000 ? 2 : unsigned < 0x200000 ? 3 : unsigned < 0x10000000 ? 4 : 5;
    if (this.#pos < length) this.#grow(length);
    const bytes = this.#bytes;
    const start = this.#pos - length;
    this.#pos = start;
    let rest = unsigned;
    let at = start;
    while (rest > 127) {
      bytes[at++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    bytes[at] = rest;
  }

  /** Negative numbers take ten bytes, as the encoding of int32 and enum asks. */
  int32(value: number): void {
    if (value < 0) this.varint64(value | 0, -1);
    else this.varint32(value);
  }

  sint32(value: number): void {
    this.varint32((value << 1) ^ (value >> 31));
  }

  bool(value: boolean): void {
    if (this.#pos < 1) this.#grow(1);
    this.#bytes[--this.#pos] = value ? 1 : 0;
  }

  /** 64 bits in two signed or unsigned halves. */
  varint64(lo: number, hi: number): void {
    let low = lo >>> 0;
    let high = hi >>> 0;
    if (high === 0) {
      this.varint32(low);
      return;
    }
    if (this.#pos < 10) this.#grow(10);
    const bytes = this.#bytes;
    let length = 5;
    for (let rest = high >>> 3; rest !== 0; rest >>>= 7) length++;
    const start = this.#pos - length;
    this.#pos = start;
    let at = start;
    while (high !== 0 || low > 127) {
      bytes[at++] = (low & 127) | 128;
      low = ((low >>> 7) | (high << 25)) >>> 0;
      high >>>= 7;
    }
    bytes[at] = low;
  }

  sint64(lo: number, hi: number): void {
    const sign = hi >> 31;
    this.varint64((lo << 1) ^ sign, ((hi << 1) | (lo >>> 31)) ^ sign);
  }

  /** An int64 varint of a number that is exact. */
  safeInteger(value: number): void {
    this.varint64(value % TWO_32, Math.floor(value / TWO_32));
  }

  fixed32(value: number): void {
    if (this.#pos < 4) this.#grow(4);
    const bytes = this.#bytes;
    const start = this.#pos - 4;
    this.#pos = start;
    bytes[start] = value;
    bytes[start + 1] = value >>> 8;
    bytes[start + 2] = value >>> 16;
    bytes[start + 3] = value >>> 24;
  }

  fixed64(lo: number, hi: number): void {
    if (this.#pos < 8) this.#grow(8);
    const bytes = this.#bytes;
    const start = this.#pos - 8;
    this.#pos = start;
    bytes[start] = lo;
    bytes[start + 1] = lo >>> 8;
    bytes[start + 2] = lo >>> 16;
    bytes[start + 3] = lo >>> 24;
    bytes[start + 4] = hi;
    bytes[start + 5] = hi >>> 8;
    bytes[start + 6] = hi >>> 16;
    bytes[start + 7] = hi >>> 24;
  }

  float(value: number): void {
    floats[0] = value;
    this.fixed32(words[0] ?? 0);
  }

  double(value: number): void {
    doubles[0] = value;
    this.fixed64(words[LOW_WORD] ?? 0, words[1 - LOW_WORD] ?? 0);
  }

  /**
   * UTF-8 with its length before it.
   * @throws InvalidValue on a lone surrogate, which UTF-8 cannot say, and on a string that is too long.
   */
  string(text: string): void {
    const { length } = text;
    if (length > this.#maxStringLength) this.#refuseLength(text);
    if (length > SHORT_STRING || !this.#shortAscii(text, length)) this.#utf8(text);
  }

  /** Bytes with their length before them, from base64 that was found valid and has `length` bytes. */
  base64(text: string, length: number): void {
    if (text.length > this.#maxStringLength) this.#refuseLength(text);
    if (this.#pos < length) this.#grow(length);
    this.#pos -= length;
    base64Write.call(this.#bytes, text, this.#pos, length);
    this.varint32(length);
  }

  #refuseSize(): never {
    throw new WeirError(
      'RESOURCE_EXHAUSTED',
      `The message is larger than ${this.#maxBytes} bytes, the most that Weir sends.`,
    );
  }

  #refuseLength(text: string): never {
    throw new InvalidValue(`at most ${this.#maxStringLength} characters`, text);
  }

  #shortAscii(text: string, length: number): boolean {
    if (this.#pos < length + 1) this.#grow(length + 1);
    const bytes = this.#bytes;
    const start = this.#pos - length;
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i);
      if (code > 127) return false;
      bytes[start + i] = code;
    }
    bytes[start - 1] = length;
    this.#pos = start - 1;
    return true;
  }

  #utf8(text: string): void {
    const length = Buffer.byteLength(text);
    if (this.#pos < length) this.#grow(length);
    this.#pos -= length;
    if (length === text.length) latin1Write.call(this.#bytes, text, this.#pos, length);
    else {
      if (!text.isWellFormed()) throw new InvalidValue('a string without lone surrogates', text);
      utf8Write.call(this.#bytes, text, this.#pos, length);
    }
    this.varint32(length);
  }

  #grow(wanted: number): void {
    const { size } = this;
    const needed = size + wanted;
    if (needed > this.#maxBytes) this.#refuseSize();
    if (needed <= SLAB_BYTES / 2) {
      this.#slab = new Uint8Array(SLAB_BYTES);
      this.#move(this.#slab);
    } else {
      const length = Math.max(4 * SLAB_BYTES, 2 * needed);
      const isReady = this.#bytes !== this.#large && this.#large.length >= needed;
      if (!isReady) this.#large = new Uint8Array(length);
      this.#move(this.#large);
    }
  }

  /** Goes on in other memory, with what was written so far at its end. */
  #move(bytes: Uint8Array<ArrayBuffer>): void {
    const { size } = this;
    bytes.set(this.#bytes.subarray(this.#pos, this.#end), bytes.length - size);
    this.#bytes = bytes;
    this.#end = bytes.length;
    this.#pos = bytes.length - size;
  }
}
