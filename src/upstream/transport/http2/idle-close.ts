/** Closes what nobody used for a while. One timer that looks back, instead of one set anew for each call. */
export class IdleClose {
  readonly #timeoutMs: number;
  readonly #onIdle: () => void;
  /** When the last call ended; undefined while one runs. */
  #idleSince: number | undefined = performance.now();
  #timer: NodeJS.Timeout;

  constructor(timeoutMs: number, onIdle: () => void) {
    this.#timeoutMs = timeoutMs;
    this.#onIdle = onIdle;
    this.#timer = this.#wait(timeoutMs);
  }

  onUsed(): void {
    this.#idleSince = undefined;
  }

  onUnused(): void {
    this.#idleSince = performance.now();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  check(): void {
    const idleMs = this.#idleSince === undefined ? 0 : performance.now() - this.#idleSince;
    // Timers may fire a fraction of a millisecond early.
    if (idleMs + 1 >= this.#timeoutMs) this.#onIdle();
    else this.#timer = this.#wait(this.#timeoutMs - idleMs);
  }

  #wait(delayMs: number): NodeJS.Timeout {
    return setTimeout(checkIdle, delayMs, this).unref();
  }
}

function checkIdle(idleClose: IdleClose): void {
  idleClose.check();
}
