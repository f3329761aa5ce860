import { MalformedMessage } from './malformed-message.ts';

/** Where a varint is cut after 64 bits, as https://protobuf.dev/programming-guides/encoding/#varints allows ten bytes at most. */
const VARINT_BYTES = 10;

/**
 * Protobuf bytes under decoding. Methods that read more than one value's worth leave the position after it
 * in `pos`, so that the caller can keep its own position in a local variable.
 *
 * Nothing here looks at the end of the enclosing message: bytes past the array read as zero, and each
 * loop over fields refuses a position beyond its end. That is one comparison for a field, not one a byte.
 */
export class WireSource {
  readonly bytes: Uint8Array;
  pos = 0;
  /** The low and high half of what `varint64` and `fixed64` read, each a signed 32-bit integer. */
  lo = 0;
  hi = 0;
  /** The key of the map entry last read, as `lo` and `hi` or as where it starts and ends. */
  keyLow = 0;
  keyHigh = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** The low 32 bits of a varint, signed. `first` is its first byte, `p` the position after that. */
  varint32(first: number, p: number): number {
    const { bytes } = this;
    let byte = bytes[p] ?? 0;
    let value = (first & 127) | ((byte & 127) << 7);
    if (byte < 128) {
      this.pos = p + 1;
      return value;
    }
    byte = bytes[p + 1] ?? 0;
    value |= (byte & 127) << 14;
    if (byte < 128) {
      this.pos = p + 2;
      return value;
    }
    byte = bytes[p + 2] ?? 0;
    value |= (byte & 127) << 21;
    if (byte < 128) {
      this.pos = p + 3;
      return value;
    }
    byte = bytes[p + 3] ?? 0;
    value |= byte << 28;
    if (byte < 128) {
      this.pos = p + 4;
      return value;
    }
    for (let i = 4; i < VARINT_BYTES - 1; i++) {
      if ((bytes[p + i] ?? 0) < 128) {
        this.pos = p + i + 1;
        return value;
      }
    }
    throw new MalformedMessage('a varint is longer than ten bytes');
  }

  /** All 64 bits of a varint into `lo` and `hi`. */
  varint64(first: number, p: number): void {
    const { bytes } = this;
    let lo = first & 127;
    let hi = 0;
    let shift = 7;
    let at = p;
    let byte = first;
    while (byte > 127) {
      if (shift >= 7 * VARINT_BYTES) {
        throw new MalformedMessage('a varint is longer than ten bytes');
      }
      byte = bytes[at++] ?? 0;
      const bits = byte & 127;
      if (shift < 28) lo |= bits << shift;
      else if (shift === 28) {
        lo |= bits << 28;
        hi = bits >> 4;
      } else if (shift < 63) hi |= bits << (shift - 32);
      else hi |= bits << 31;
      shift += 7;
    }
    this.pos = at;
    this.lo = lo | 0;
    this.hi = hi | 0;
  }

  fixed32(p: number): number {
    const { bytes } = this;
    return (
      (bytes[p] ?? 0) |
      ((bytes[p + 1] ?? 0) << 8) |
      ((bytes[p + 2] ?? 0) << 16) |
      ((bytes[p + 3] ?? 0) << 24)
    );
  }

  fixed64(p: number): void {
    this.lo = this.fixed32(p);
    this.hi = this.fixed32(p + 4);
    this.pos = p + 8;
  }

  /** A varint of type bool, 0 or 1: every bit counts, also those above the 32nd. */
  bool(first: number, p: number): number {
    this.varint64(first, p);
    return (this.lo | this.hi) === 0 ? 0 : 1;
  }

  /** A varint of type sint64 into `lo` and `hi`. */
  sint64(first: number, p: number): void {
    this.varint64(first, p);
    const sign = -(this.lo & 1);
    this.lo = ((this.lo >>> 1) | (this.hi << 31)) ^ sign;
    this.hi = (this.hi >>> 1) ^ sign;
  }

  /**
   * The length of a length-delimited value whose first length byte was `first`; `pos` is then its start.
   * Refused here and not by the loop over fields, because the value is read before that looks.
   */
  length(first: number, p: number, end: number): number {
    let length = first;
    this.pos = p;
    if (first > 127) length = this.varint32(first, p) >>> 0;
    if (length > end - this.pos) throw new MalformedMessage('a value reaches beyond its message');
    return length;
  }

  /** The position after a field of a tag that the message does not know. */
  skip(tag: number, p: number, end: number, depth: number): number {
    if (tag >>> 3 === 0) throw new MalformedMessage('field number 0 is not allowed');
    switch (tag & 7) {
      case 0: {
        const first = this.bytes[p] ?? 0;
        if (first < 128) return p + 1;
        this.varint32(first, p + 1);
        return this.pos;
      }
      case 1:
        return p + 8;
      case 2: {
        const length = this.length(this.bytes[p] ?? 0, p + 1, end);
        return this.pos + length;
      }
      case 3:
        return this.skipGroup(tag, p, end, depth);
      case 5:
        return p + 4;
      case 4:
        throw new MalformedMessage('a group ends that did not begin');
      default:
        throw new MalformedMessage(`wire type ${tag & 7} does not exist`);
    }
  }

  /** The position after the end tag of the group that `startTag` began; its content ends where `groupEnd` is. */
  skipGroup(startTag: number, start: number, end: number, depth: number): number {
    if (depth <= 0) throw new MalformedMessage('groups nest too deeply');
    const endTag = (startTag + 1) | 0;
    let p = start;
    while (p < end) {
      const contentEnd = p;
      let tag = this.bytes[p++] ?? 0;
      if (tag > 127) {
        tag = this.varint32(tag, p);
        p = this.pos;
      }
      if ((tag | 0) === endTag) {
        this.groupEnd = contentEnd;
        if (p > end) break;
        return p;
      }
      p = this.skip(tag, p, end, depth - 1);
    }
    throw new MalformedMessage('a group does not end');
  }

  /** Set by `skipGroup`. */
  groupEnd = 0;
}
