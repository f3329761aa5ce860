import { gunzipSync } from 'node:zlib';
import { WeirError } from '../../../errors.ts';

const PREFIX_OCTETS = 5;

export interface MessageSink {
  onMessage(message: Uint8Array): void;
}

/**
 * Cuts the octets of an answer into length-prefixed messages (gRPC PROTOCOL-HTTP2). Each octet is copied
 * once, from the socket's buffer into its message.
 */
export class MessageAssembler {
  readonly #maxBytes: number;
  readonly #sink: MessageSink;
  /** Of a prefix that came in pieces. */
  #prefixFilled = 0;
  #flag = 0;
  #length = 0;
  #compressed = false;
  #message: Buffer | undefined;
  #filled = 0;
  /** `grpc-encoding` of the answer. */
  encoding = 'identity';

  constructor(maxBytes: number, sink: MessageSink) {
    this.#maxBytes = maxBytes;
    this.#sink = sink;
  }

  /** True while the octets so far end inside a message. */
  get inMessage(): boolean {
    return this.#prefixFilled > 0 || this.#message !== undefined;
  }

  /** Throws `WeirError` where the message is too large or not decodable. */
  push(bytes: Buffer, start: number, end: number): void {
    let at = start;
    while (at < end) {
      if (this.#message === undefined) {
        at = this.#readPrefix(bytes, at, end);
        if (this.#message === undefined) continue;
      }
      const message: Buffer = this.#message;
      const taken = Math.min(message.length - this.#filled, end - at);
      bytes.copy(message, this.#filled, at, at + taken);
      this.#filled += taken;
      at += taken;
      if (this.#filled === message.length) this.#finish(message);
    }
  }

  #readPrefix(bytes: Buffer, start: number, end: number): number {
    if (this.#prefixFilled === 0 && end - start >= PREFIX_OCTETS) {
      this.#begin(bytes[start] ?? 0, bytes.readUInt32BE(start + 1));
      return start + PREFIX_OCTETS;
    }
    let at = start;
    while (at < end && this.#prefixFilled < PREFIX_OCTETS) {
      const octet = bytes[at++] ?? 0;
      if (this.#prefixFilled === 0) this.#flag = octet;
      else this.#length = this.#length * 256 + octet;
      this.#prefixFilled += 1;
    }
    if (this.#prefixFilled === PREFIX_OCTETS) {
      const length = this.#length;
      this.#prefixFilled = 0;
      this.#length = 0;
      this.#begin(this.#flag, length);
    }
    return at;
  }

  #begin(flag: number, length: number): void {
    if (flag > 1) {
      throw new WeirError('INTERNAL', `The backend sent a message with compressed flag ${flag}.`, {
        origin: 'backend',
      });
    }
    this.#compressed = flag === 1;
    if (this.#compressed && this.encoding !== 'gzip') throw unknownEncoding(this.encoding);
    if (length > this.#maxBytes) throw tooLarge(length, this.#maxBytes);
    if (length === 0) {
      this.#finish(Buffer.alloc(0));
      return;
    }
    this.#message = Buffer.allocUnsafe(length);
    this.#filled = 0;
  }

  #finish(message: Buffer): void {
    this.#message = undefined;
    this.#sink.onMessage(this.#compressed ? gunzip(message, this.#maxBytes) : message);
  }
}

// Synchronous, because messages must stay in order and are bounded; `maxOutputLength` stops a
// decompression bomb at the message limit.
function gunzip(message: Buffer, maxBytes: number): Buffer {
  try {
    return gunzipSync(message, { maxOutputLength: Math.max(maxBytes, 1) });
  } catch (cause) {
    if (cause instanceof RangeError) throw tooLarge(undefined, maxBytes);
    throw new WeirError('INTERNAL', 'The backend sent a message that is not valid gzip.', {
      origin: 'backend',
      cause,
    });
  }
}

function tooLarge(length: number | undefined, maxBytes: number): WeirError {
  const size = length === undefined ? 'more' : `${length} bytes`;
  return new WeirError(
    'RESOURCE_EXHAUSTED',
    `The backend sent a message of ${size} where at most ${maxBytes} bytes are accepted.`,
    { origin: 'backend' },
  );
}

function unknownEncoding(encoding: string): WeirError {
  return encoding === 'identity'
    ? new WeirError('INTERNAL', 'The backend sent a compressed message without a grpc-encoding.', {
        origin: 'backend',
      })
    : new WeirError(
        'UNIMPLEMENTED',
        `The backend compressed a message with "${encoding}", which was not offered to it.`,
        { origin: 'backend' },
      );
}
