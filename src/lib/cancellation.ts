/**
 * The end of a call before its answer: the caller left, the deadline passed, the gateway drains.
 *
 * An `AbortSignal` says the same at several times the price per call, so one is made only for those
 * who ask for it through {@link Cancellation.signal}.
 */
export class Cancellation {
  #reason: Error | undefined;
  #listeners: Array<((reason: Error) => void) | undefined> | undefined;
  #controller: AbortController | undefined;

  /** Why the call was cancelled, or undefined while it was not. */
  get reason(): Error | undefined {
    return this.#reason;
  }

  get cancelled(): boolean {
    return this.#reason !== undefined;
  }

  /** Cancels once; later calls change nothing. Listeners run at once and must not throw. */
  cancel(reason: Error): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    const listeners = this.#listeners;
    this.#listeners = undefined;
    this.#controller?.abort(reason);
    if (listeners === undefined) return;
    for (const listener of listeners) listener?.(reason);
  }

  /** Runs `listener` when cancelled (at once if it was already). Returns what takes it back. */
  onCancel(listener: (reason: Error) => void): () => void {
    if (this.#reason !== undefined) {
      listener(this.#reason);
      return () => {};
    }
    this.#listeners ??= [];
    const listeners = this.#listeners;
    let slot = listeners.indexOf(undefined);
    if (slot === -1) slot = listeners.length;
    listeners[slot] = listener;
    return () => {
      if (listeners[slot] === listener) listeners[slot] = undefined;
    };
  }

  throwIfCancelled(): void {
    if (this.#reason !== undefined) throw this.#reason;
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#reason !== undefined) this.#controller.abort(this.#reason);
    }
    return this.#controller.signal;
  }
}
