import { ConnectionError } from './error-code.ts';
import { checkFrameHeader } from './frame-check.ts';
import { FLAG, FRAME, FRAME_HEADER_OCTETS } from './frame-type.ts';

/** Who acts on frames. Octets handed over are valid only during the call. */
export interface FrameHandler {
  /** Called before a payload is read; what it throws ends the connection. */
  onFrameHeader(type: number, streamId: number): void;
  /** A whole frame of any type but DATA, padding and all. */
  onFrame(
    type: number,
    flags: number,
    streamId: number,
    bytes: Buffer,
    start: number,
    end: number,
  ): void;
  /** `length` is what flow control counts: payload and padding (RFC 9113 §6.9.1). */
  onDataStart(streamId: number, flags: number, length: number): void;
  /** The application's octets of the DATA frame that started last, as they arrive. */
  onDataBytes(bytes: Buffer, start: number, end: number): void;
  onDataEnd(): void;
}

const EMPTY = Buffer.alloc(0);

/**
 * Cuts what the socket brings into frames. DATA is passed on piece by piece, so a large frame is never
 * gathered here; any other frame that arrives in pieces is, within the frame size we announced.
 */
export class FrameReader {
  readonly #handler: FrameHandler;
  readonly #maxFrameSize: number;
  readonly #header = Buffer.allocUnsafeSlow(FRAME_HEADER_OCTETS);
  #headerFilled = 0;
  #inPayload = false;
  #type = 0;
  #flags = 0;
  #streamId = 0;
  /** Of a frame in pieces that is not DATA. */
  #gathered = EMPTY;
  #gatheredFilled = 0;
  /** Of a DATA frame in progress. */
  #padLengthDue = false;
  #dataLeft = 0;
  #paddingLeft = 0;

  constructor(handler: FrameHandler, maxFrameSize: number) {
    this.#handler = handler;
    this.#maxFrameSize = maxFrameSize;
  }

  /** Throws `ConnectionError`, or what the handler throws; the reader is then of no further use. */
  read(bytes: Buffer, start: number, end: number): void {
    let at = start;
    while (at < end) {
      if (!this.#inPayload) at = this.#readHeader(bytes, at, end);
      else if (this.#type === FRAME.DATA) at = this.#readData(bytes, at, end);
      else at = this.#gather(bytes, at, end);
    }
  }

  #readHeader(bytes: Buffer, start: number, end: number): number {
    if (this.#headerFilled === 0 && end - start >= FRAME_HEADER_OCTETS) {
      return this.#begin(bytes, start, start + FRAME_HEADER_OCTETS, end);
    }
    const taken = Math.min(FRAME_HEADER_OCTETS - this.#headerFilled, end - start);
    bytes.copy(this.#header, this.#headerFilled, start, start + taken);
    this.#headerFilled += taken;
    if (this.#headerFilled < FRAME_HEADER_OCTETS) return start + taken;
    this.#headerFilled = 0;
    return this.#begin(this.#header, 0, start + taken, end, bytes);
  }

  /** `header` holds the frame header at `from`; the payload begins at `at` in `bytes`. */
  #begin(header: Buffer, from: number, at: number, end: number, bytes = header): number {
    const length =
      ((header[from] ?? 0) << 16) | ((header[from + 1] ?? 0) << 8) | (header[from + 2] ?? 0);
    const type = header[from + 3] ?? 0;
    const flags = header[from + 4] ?? 0;
    // The reserved bit is ignored (§4.1).
    const streamId = header.readUInt32BE(from + 5) & 0x7fff_ffff;
    this.#handler.onFrameHeader(type, streamId);
    checkFrameHeader(type, flags, streamId, length, this.#maxFrameSize);
    this.#type = type;
    this.#flags = flags;
    this.#streamId = streamId;
    if (type === FRAME.DATA) {
      this.#beginData(length);
      return at;
    }
    if (end - at >= length) {
      this.#handler.onFrame(type, flags, streamId, bytes, at, at + length);
      return at + length;
    }
    this.#inPayload = true;
    this.#gathered = Buffer.allocUnsafe(length);
    this.#gatheredFilled = 0;
    return at;
  }

  #gather(bytes: Buffer, start: number, end: number): number {
    const taken = Math.min(this.#gathered.length - this.#gatheredFilled, end - start);
    bytes.copy(this.#gathered, this.#gatheredFilled, start, start + taken);
    this.#gatheredFilled += taken;
    if (this.#gatheredFilled === this.#gathered.length) {
      const whole = this.#gathered;
      this.#gathered = EMPTY;
      this.#inPayload = false;
      this.#handler.onFrame(this.#type, this.#flags, this.#streamId, whole, 0, whole.length);
    }
    return start + taken;
  }

  #beginData(length: number): void {
    const padded = (this.#flags & FLAG.PADDED) !== 0;
    if (padded && length === 0) {
      throw new ConnectionError('FRAME_SIZE_ERROR', 'a padded DATA frame without a pad length');
    }
    this.#padLengthDue = padded;
    this.#dataLeft = padded ? length - 1 : length;
    this.#paddingLeft = 0;
    this.#inPayload = true;
    this.#handler.onDataStart(this.#streamId, this.#flags, length);
    this.#endDataIfWhole();
  }

  #readData(bytes: Buffer, start: number, end: number): number {
    let at = start;
    if (this.#padLengthDue) {
      const padding = bytes[at] ?? 0;
      at += 1;
      this.#padLengthDue = false;
      // Padding must leave the payload (§6.1).
      if (padding > this.#dataLeft) {
        throw new ConnectionError('PROTOCOL_ERROR', 'the padding of a DATA frame exceeds it');
      }
      this.#dataLeft -= padding;
      this.#paddingLeft = padding;
    }
    const data = Math.min(this.#dataLeft, end - at);
    if (data > 0) {
      this.#dataLeft -= data;
      this.#handler.onDataBytes(bytes, at, at + data);
      at += data;
    }
    const padding = Math.min(this.#paddingLeft, end - at);
    this.#paddingLeft -= padding;
    at += padding;
    this.#endDataIfWhole();
    return at;
  }

  #endDataIfWhole(): void {
    if (this.#padLengthDue || this.#dataLeft > 0 || this.#paddingLeft > 0) return;
    this.#inPayload = false;
    this.#handler.onDataEnd();
  }
}
