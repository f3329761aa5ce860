import type { CallStream } from './call-stream.ts';
import { FLAG, FRAME, FRAME_HEADER_OCTETS } from './frame-type.ts';
import { type FrameWriter, writeFrameHeader } from './frame-writer.ts';
import { MESSAGE_PREFIX_OCTETS, type OutgoingMessage } from './send-queue.ts';
import { DEFAULT_WINDOW, LARGEST_WINDOW } from './settings.ts';

/** DATA goes to the socket in portions of this size, so that it can say it has enough. */
const FLUSH_OCTETS = 256 * 1024;

/**
 * Shares the connection's window and socket among its streams: each takes its turn with one frame, so a
 * large upload delays a small call by a frame at most.
 */
export class SendScheduler {
  readonly #writer: FrameWriter;
  /** The peer's window for the connection (RFC 9113 §6.9.1). */
  #window = DEFAULT_WINDOW;
  maxFrameSize: number;
  #ring: CallStream[] = [];
  #pumping = false;

  constructor(writer: FrameWriter, maxFrameSize: number) {
    this.#writer = writer;
    this.maxFrameSize = maxFrameSize;
  }

  /** False where the window would exceed 2^31-1 (§6.9.1). */
  addCredit(octets: number): boolean {
    this.#window += octets;
    if (this.#window > LARGEST_WINDOW) return false;
    this.pump();
    return true;
  }

  /** Sends a message that fits one frame and all windows at once; false where it does not. */
  sendAtOnce(stream: CallStream, message: OutgoingMessage, end: boolean): boolean {
    const body = message.body;
    const length = MESSAGE_PREFIX_OCTETS + body.length;
    const queue = stream.sending;
    if (length > queue.window || length > this.#window || length > this.maxFrameSize) return false;
    if (queue.octets > 0 || this.#ring.length > 0 || this.#writer.blocked) return false;
    this.#writeFrame(stream, message, 0, length, end);
    return true;
  }

  /** Puts a stream with something to send into the ring, unless its own window is spent. */
  schedule(stream: CallStream): void {
    const queue = stream.sending;
    if (queue.scheduled || !isSendable(stream)) return;
    queue.scheduled = true;
    this.#ring.push(stream);
    this.pump();
  }

  /** Of a stream that ended: while nothing can be sent the ring would keep it, and its call, alive. */
  forget(stream: CallStream): void {
    if (!stream.sending.scheduled) return;
    const at = this.#ring.indexOf(stream);
    if (at !== -1) this.#ring.splice(at, 1);
  }

  pump(): void {
    // Sending makes room, room makes streams send more, which comes back here.
    if (this.#pumping) return;
    this.#pumping = true;
    while (this.#ring.length > 0) {
      if (this.#writer.waiting >= FLUSH_OCTETS) this.#writer.flush();
      if (this.#writer.blocked) break;
      if (!this.#sendRound()) break;
    }
    this.#pumping = false;
  }

  /** One frame of each stream in the ring; false once the connection's window is spent. */
  #sendRound(): boolean {
    const ring = this.#ring;
    this.#ring = [];
    let sent = false;
    for (const stream of ring) {
      stream.sending.scheduled = false;
      if (!isSendable(stream)) continue;
      sent = this.#sendFrame(stream) || sent;
      if (isSendable(stream) && !stream.sending.scheduled) {
        stream.sending.scheduled = true;
        this.#ring.push(stream);
      }
    }
    return sent;
  }

  #sendFrame(stream: CallStream): boolean {
    const queue = stream.sending;
    const message = queue.first;
    if (message === undefined) {
      this.#writer.header(0, FRAME.DATA, FLAG.END_STREAM, stream.id);
      stream.onAllSent();
      return true;
    }
    const left = MESSAGE_PREFIX_OCTETS + message.body.length - queue.sentOfFirst;
    const length = Math.min(left, queue.window, this.#window, this.maxFrameSize);
    if (length <= 0) return false;
    const from = queue.sentOfFirst;
    queue.advance(length);
    this.#writeFrame(stream, message, from, length, queue.ending && queue.octets === 0);
    stream.onRoom();
    return true;
  }

  /** A DATA frame with `length` octets of prefix and body from position `from`. */
  #writeFrame(
    stream: CallStream,
    message: OutgoingMessage,
    from: number,
    length: number,
    end: boolean,
  ): void {
    const writer = this.#writer;
    const body = message.body;
    this.#window -= length;
    stream.sending.window -= length;
    writer.reserve(FRAME_HEADER_OCTETS + MESSAGE_PREFIX_OCTETS);
    const slab = writer.slab;
    let at = writer.position;
    writeFrameHeader(slab, at, length, FRAME.DATA, end ? FLAG.END_STREAM : 0, stream.id);
    at += FRAME_HEADER_OCTETS;
    let bodyStart = from - MESSAGE_PREFIX_OCTETS;
    if (bodyStart < 0) {
      slab[at] = message.compressed ? 1 : 0;
      slab.writeUInt32BE(body.length, at + 1);
      const prefix = Math.min(MESSAGE_PREFIX_OCTETS, from + length) - from;
      // A window may end inside the prefix; the octets wanted move to the front.
      if (from > 0) slab.copyWithin(at, at + from, at + from + prefix);
      at += prefix;
      bodyStart = 0;
    }
    writer.advance(at);
    const bodyEnd = from + length - MESSAGE_PREFIX_OCTETS;
    if (bodyEnd > bodyStart) writer.payload(body, bodyStart, bodyEnd);
    if (end) stream.onAllSent();
  }
}

function isSendable(stream: CallStream): boolean {
  if (!stream.localOpen) return false;
  const queue = stream.sending;
  // An empty DATA frame needs no window (§6.9.1).
  return queue.octets > 0 ? queue.window > 0 : queue.ending;
}
