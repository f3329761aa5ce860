import { ConnectionError } from './error-code.ts';
import { FLAG } from './frame-type.ts';

/** A sane server needs one or two; without an end they would be CVE-2024-27316. */
const MOST_CONTINUATIONS = 32;

/** Gathers a header block that came in HEADERS and CONTINUATION frames (RFC 9113 §4.3, §6.10). */
export class HeaderAssembly {
  readonly #maxBytes: number;
  #streamId = 0;
  #endStream = false;
  #parts: Buffer[] = [];
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** The stream whose block is unfinished, or 0. */
  get streamId(): number {
    return this.#streamId;
  }

  get endStream(): boolean {
    return this.#endStream;
  }

  begin(streamId: number, flags: number, bytes: Buffer, start: number, end: number): void {
    this.#streamId = streamId;
    this.#endStream = (flags & FLAG.END_STREAM) !== 0;
    this.#append(bytes, start, end);
  }

  /** Returns the whole block once CONTINUATION says END_HEADERS. */
  continue(flags: number, bytes: Buffer, start: number, end: number): Buffer | undefined {
    this.#append(bytes, start, end);
    if ((flags & FLAG.END_HEADERS) === 0) return undefined;
    const block = Buffer.concat(this.#parts, this.#bytes);
    this.#parts = [];
    this.#bytes = 0;
    this.#streamId = 0;
    return block;
  }

  #append(bytes: Buffer, start: number, end: number): void {
    this.#bytes += end - start;
    if (this.#bytes > this.#maxBytes || this.#parts.length > MOST_CONTINUATIONS) {
      throw new ConnectionError(
        'ENHANCE_YOUR_CALM',
        `a header block of more than ${this.#maxBytes} octets or ${MOST_CONTINUATIONS} CONTINUATION frames`,
      );
    }
    this.#parts.push(Buffer.from(bytes.subarray(start, end)));
  }
}
