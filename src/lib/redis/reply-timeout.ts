interface Waiting {
  readonly expires: number;
  settled: boolean;
  readonly reject: (error: Error) => void;
}

/**
 * One time-out for every reply of a connection. All replies have the same time to arrive, so those
 * that wait stand in the order in which they expire and one timer serves them all.
 */
export class ReplyTimeout {
  readonly #timeoutMs: number;
  readonly #createError: () => Error;
  #waiting: Waiting[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(timeoutMs: number, createError: () => Error) {
    this.#timeoutMs = timeoutMs;
    this.#createError = createError;
  }

  watch<T>(reply: Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const waiting = { expires: performance.now() + this.#timeoutMs, settled: false, reject };
      this.#waiting.push(waiting);
      if (this.#timer === undefined) this.#arm(this.#timeoutMs);
      reply.then(
        (value) => {
          waiting.settled = true;
          resolve(value);
        },
        (error) => {
          waiting.settled = true;
          reject(error);
        },
      );
    });
  }

  /** Rejects whoever waits still. */
  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const { reject } of this.#waiting.splice(0)) reject(this.#createError());
  }

  #arm(delayMs: number): void {
    // The event loop runs timers before it reads sockets, so after a long pause of this process every
    // reply looks late although it has arrived. One more turn lets those be read first.
    this.#timer = setTimeout(() => setImmediate(() => this.#expire()), delayMs);
    this.#timer.unref();
  }

  #expire(): void {
    const now = performance.now();
    let first = 0;
    for (; first < this.#waiting.length; first += 1) {
      const waiting = this.#waiting[first];
      if (waiting === undefined || waiting.settled) continue;
      if (waiting.expires > now) break;
      waiting.reject(this.#createError());
    }
    this.#waiting = this.#waiting.slice(first);
    this.#timer = undefined;
    const next = this.#waiting[0];
    if (next !== undefined) this.#arm(Math.max(1, next.expires - now));
  }
}
