import { LARGEST_STREAM_ID } from './frame-type.ts';

/** The stream identifiers of a client: odd, rising, each used once (RFC 9113 §5.1.1). */
export class StreamIds {
  #next: number;

  constructor(first = 1) {
    this.#next = first;
  }

  /** The identifier of the stream that would be opened now. */
  get next(): number {
    return this.#next;
  }

  /** The identifier opened last; below 1 before the first. */
  get last(): number {
    return this.#next - 2;
  }

  /** True once the connection can open no further stream and has to be replaced. */
  get exhausted(): boolean {
    return this.#next > LARGEST_STREAM_ID;
  }

  take(): number {
    const id = this.#next;
    this.#next += 2;
    return id;
  }

  /** Whether a frame for this stream speaks of one that nobody opened: of the server's, or of the future. */
  isIdle(streamId: number): boolean {
    return streamId % 2 === 0 || streamId >= this.#next;
  }
}
