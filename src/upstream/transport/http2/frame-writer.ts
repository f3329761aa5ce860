import { FRAME, FRAME_HEADER_OCTETS } from './frame-type.ts';

/** Where frames leave: a socket. `write` returns false once it wants to be waited for. */
export interface FrameSink {
  cork(): void;
  uncork(): void;
  write(bytes: Buffer): boolean;
}

/** A slab holds the small frames of many ticks; what was handed to the socket is never written again. */
const SLAB_OCTETS = 64 * 1024;

/** Payloads from this size leave as they are instead of being copied beside their frame header. */
const LARGE_PAYLOAD = 8 * 1024;

/** Collects the frames of one tick and hands them to the socket in one write. */
export class FrameWriter {
  readonly #sink: FrameSink;
  readonly #onFlush: () => void;
  #slab = Buffer.allocUnsafeSlow(SLAB_OCTETS);
  /** The slab's octets from here on are not yet among `#parts`. */
  #partStart = 0;
  #at = 0;
  #parts: Buffer[] = [];
  #scheduled: NodeJS.Immediate | undefined;
  /** Octets that wait for the flush of this tick. */
  waiting = 0;
  /** True while the socket holds more than it likes to. */
  blocked = false;
  /** Nothing leaves any more. */
  closed = false;

  constructor(sink: FrameSink, onFlush: () => void) {
    this.#sink = sink;
    this.#onFlush = onFlush;
  }

  /** Makes room for `octets` in one piece; write them into `slab` at `position`, then `advance`. */
  reserve(octets: number): void {
    if (this.#slab.length - this.#at >= octets) return;
    this.#endPart();
    this.#slab = Buffer.allocUnsafeSlow(Math.max(SLAB_OCTETS, octets));
    this.#partStart = 0;
    this.#at = 0;
  }

  get slab(): Buffer {
    return this.#slab;
  }

  get position(): number {
    return this.#at;
  }

  advance(position: number): void {
    this.waiting += position - this.#at;
    this.#at = position;
    this.#schedule();
  }

  /** A frame header at the reserved position. */
  header(length: number, type: number, flags: number, streamId: number): void {
    this.reserve(FRAME_HEADER_OCTETS);
    const slab = this.#slab;
    const at = this.#at;
    writeFrameHeader(slab, at, length, type, flags, streamId);
    this.advance(at + FRAME_HEADER_OCTETS);
  }

  /** A payload or a part of one; large ones are sent without copying and must not change any more. */
  payload(bytes: Uint8Array, start: number, end: number): void {
    const length = end - start;
    if (length >= LARGE_PAYLOAD) {
      this.#endPart();
      this.#parts.push(Buffer.from(bytes.buffer, bytes.byteOffset + start, length));
      this.waiting += length;
      this.#schedule();
      return;
    }
    this.reserve(length);
    this.#slab.set(length === bytes.length ? bytes : bytes.subarray(start, end), this.#at);
    this.advance(this.#at + length);
  }

  /** RST_STREAM, WINDOW_UPDATE: frames whose payload is one 32-bit number. */
  numberFrame(type: number, streamId: number, value: number): void {
    this.reserve(FRAME_HEADER_OCTETS + 4);
    writeFrameHeader(this.#slab, this.#at, 4, type, 0, streamId);
    this.#slab.writeUInt32BE(value, this.#at + FRAME_HEADER_OCTETS);
    this.advance(this.#at + FRAME_HEADER_OCTETS + 4);
  }

  goaway(lastStreamId: number, code: number, reason: string): void {
    const debug = Buffer.from(reason);
    this.header(8 + debug.length, FRAME.GOAWAY, 0, 0);
    this.reserve(8);
    this.#slab.writeUInt32BE(lastStreamId, this.#at);
    this.#slab.writeUInt32BE(code, this.#at + 4);
    this.advance(this.#at + 8);
    this.payload(debug, 0, debug.length);
  }

  flush(): void {
    if (this.#scheduled !== undefined) clearImmediate(this.#scheduled);
    this.#scheduled = undefined;
    if (this.closed) return;
    this.#endPart();
    const parts = this.#parts;
    if (parts.length === 0) return;
    this.#parts = [];
    this.waiting = 0;
    this.#onFlush();
    // More than one part leaves as one writev.
    if (parts.length > 1) this.#sink.cork();
    let free = true;
    for (const part of parts) free = this.#sink.write(part);
    if (parts.length > 1) this.#sink.uncork();
    this.blocked = !free;
  }

  /** Drops the frames of this tick; they are whole, so what went before them stays readable. */
  discard(): void {
    if (this.#scheduled !== undefined) clearImmediate(this.#scheduled);
    this.#scheduled = undefined;
    this.#parts = [];
    this.#partStart = this.#at;
    this.waiting = 0;
  }

  /** Nothing more is written, and what waits is dropped. */
  close(): void {
    this.discard();
    this.closed = true;
  }

  #endPart(): void {
    if (this.#at === this.#partStart) return;
    this.#parts.push(this.#slab.subarray(this.#partStart, this.#at));
    this.#partStart = this.#at;
  }

  // An immediate, not a microtask: everything one poll of the event loop brought is answered in one write.
  #schedule(): void {
    if (!this.closed) this.#scheduled ??= setImmediate(flushWriter, this);
  }
}

function flushWriter(writer: FrameWriter): void {
  writer.flush();
}

export function writeFrameHeader(
  target: Buffer,
  at: number,
  length: number,
  type: number,
  flags: number,
  streamId: number,
): void {
  target[at] = length >>> 16;
  target[at + 1] = length >>> 8;
  target[at + 2] = length;
  target[at + 3] = type;
  target[at + 4] = flags;
  target.writeUInt32BE(streamId, at + 5);
}
