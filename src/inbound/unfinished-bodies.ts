import { Refusal } from './refusal.ts';

/** 256 MiB: beside the gateway itself it fits into a container of 512, and is 256 of the largest bodies. */
export const DEFAULT_MAX_UNFINISHED_BYTES = 256 * 1024 * 1024;

/**
 * What bodies and messages that are not whole yet take in this process, all connections together: thousands
 * of callers who each stop short of the end could fill the memory within the bounds of each.
 *
 * What comes whole in one piece, as small bodies do, is not counted, so those are served however many others
 * hold back the rest of theirs.
 */
export class UnfinishedBodies {
  readonly #maxBytes: number;
  #bytes = 0;

  constructor(maxBytes = DEFAULT_MAX_UNFINISHED_BYTES) {
    this.#maxBytes = maxBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** @throws TooManyUnfinished, and takes nothing, when `bytes` more would be too many. */
  take(bytes: number): void {
    if (this.#bytes + bytes > this.#maxBytes) throw new TooManyUnfinished(this.#maxBytes);
    this.#bytes += bytes;
  }

  release(bytes: number): void {
    this.#bytes -= bytes;
  }
}

/** The last answer on its connection, since the rest of the body would go on coming. */
export class TooManyUnfinished extends Refusal {
  constructor(maxBytes: number) {
    super(
      'SERVICE_UNAVAILABLE',
      `The gateway holds ${maxBytes} bytes of requests that are not whole yet, and no more are allowed. Try again shortly.`,
      1000,
    );
  }
}
