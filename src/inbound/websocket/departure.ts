export interface DepartureOptions {
  /** Queries and mutations that the client waits for. */
  readonly running: () => number;
  /** From the notice on; a client that was told to move leaves by itself. */
  readonly closeAfterNoticeMs: number;
  readonly notify: () => void;
  readonly close: () => void;
}

/**
 * Asks a client to reconnect, and closes its socket in the end, but neither while a query or mutation is
 * running: some stock clients send what is unanswered again on the new socket, others fail it, and an order
 * must meet neither fate.
 */
export class Departure {
  readonly #options: DepartureOptions;
  #awaits: 'nothing' | 'notice' | 'end of notice' | 'close' = 'nothing';

  constructor(options: DepartureOptions) {
    this.#options = options;
  }

  begin(): void {
    if (this.#awaits !== 'nothing') return;
    this.#awaits = 'notice';
    this.goOn();
  }

  /** Called when a call was answered. */
  goOn(): void {
    const { running, notify, close, closeAfterNoticeMs } = this.#options;
    if (this.#awaits === 'nothing' || running() > 0) return;
    if (this.#awaits === 'close') {
      close();
    } else if (this.#awaits === 'notice') {
      this.#awaits = 'end of notice';
      notify();
      setTimeout(() => this.#closeWhenAnswered(), closeAfterNoticeMs).unref();
    }
  }

  /** The client may have begun another call here meanwhile. */
  #closeWhenAnswered(): void {
    this.#awaits = 'close';
    this.goOn();
  }
}
