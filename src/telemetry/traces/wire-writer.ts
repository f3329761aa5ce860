/** https://protobuf.dev/programming-guides/encoding/#structure */
const VARINT = 0;
const FIXED64 = 1;
const LENGTH = 2;
const FIXED32 = 5;

const INITIAL_BYTES = 65_536;
/** Room for the length of a message that has between 128 bytes and 16 KiB, as almost every span. */
const LENGTH_BYTES = 2;

/** Protobuf's wire format, as far as spans need it, into one buffer that is used again and again. */
export class WireWriter {
  #bytes = Buffer.allocUnsafe(INITIAL_BYTES);
  #at = 0;

  /** A copy of what was written since the last time. */
  take(): Uint8Array {
    const taken = new Uint8Array(this.#bytes.subarray(0, this.#at));
    this.#at = 0;
    return taken;
  }

  /** What was encoded before. */
  append(encoded: Uint8Array): void {
    this.#reserve(encoded.length);
    this.#bytes.set(encoded, this.#at);
    this.#at += encoded.length;
  }

  string(field: number, text: string): void {
    const length = Buffer.byteLength(text);
    this.#tag(field, LENGTH);
    this.#varint(length);
    this.#reserve(length);
    this.#bytes.write(text, this.#at, length);
    this.#at += length;
  }

  /** @param hex two digits a byte */
  id(field: number, hex: string): void {
    const length = hex.length / 2;
    this.#tag(field, LENGTH);
    this.#varint(length);
    this.#reserve(length);
    this.#bytes.write(hex, this.#at, length, 'hex');
    this.#at += length;
  }

  /** @param value a whole number from 0 to 2^53 */
  integer(field: number, value: number): void {
    this.#tag(field, VARINT);
    this.#varint(value);
  }

  fixed32(field: number, value: number): void {
    this.#tag(field, FIXED32);
    this.#reserve(4);
    this.#at = this.#bytes.writeUInt32LE(value, this.#at);
  }

  /** Of values above 2^53 the lowest bits are lost, which are 256 ns of a time in nanoseconds. */
  fixed64(field: number, value: number): void {
    const high = Math.floor(value / 2 ** 32);
    this.#tag(field, FIXED64);
    this.#reserve(8);
    this.#at = this.#bytes.writeUInt32LE(value - high * 2 ** 32, this.#at);
    this.#at = this.#bytes.writeUInt32LE(high, this.#at);
  }

  /** Begins a message; what is written up to {@link close} is in it. */
  open(field: number): number {
    this.#tag(field, LENGTH);
    this.#reserve(LENGTH_BYTES);
    this.#at += LENGTH_BYTES;
    return this.#at;
  }

  /** @param start what {@link open} gave */
  close(start: number): void {
    const length = this.#at - start;
    const from = start - LENGTH_BYTES;
    const size = sizeOfVarint(length);
    if (size !== LENGTH_BYTES) {
      this.#reserve(size);
      this.#bytes.copyWithin(from + size, start, this.#at);
    }
    this.#at = from;
    this.#varint(length);
    this.#at += length;
  }

  #tag(field: number, type: number): void {
    this.#varint((field << 3) | type);
  }

  #varint(value: number): void {
    this.#reserve(10);
    let rest = value;
    // Beyond 32 bits the bit operators would cut it off.
    while (rest > 0x7fffffff) {
      this.#bytes[this.#at++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    while (rest > 127) {
      this.#bytes[this.#at++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    this.#bytes[this.#at++] = rest;
  }

  #reserve(bytes: number): void {
    if (this.#at + bytes <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#at + bytes));
    larger.set(this.#bytes.subarray(0, this.#at));
    this.#bytes = larger;
  }
}

function sizeOfVarint(value: number): number {
  let size = 1;
  for (let rest = value; rest > 127; rest = Math.floor(rest / 128)) size++;
  return size;
}
