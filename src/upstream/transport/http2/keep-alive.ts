import { afterReading } from '../../../lib/after-reading.ts';

export interface KeepAliveHooks {
  /** Whether anyone would miss the peer. */
  isNeeded(): boolean;
  sendPing(): void;
  onDead(): void;
}

/**
 * Finds a peer that is gone without a word: when calls run and nothing was heard for the interval, a PING
 * (RFC 9113 §6.7) must be answered within the time-out.
 */
export class KeepAlive {
  readonly #intervalMs: number;
  readonly #timeoutMs: number;
  readonly #hooks: KeepAliveHooks;
  #lastHeard = performance.now();
  #pingedAt: number | undefined;
  #forget: () => void = () => {};
  /** The last round trip, in milliseconds. */
  roundTripMs: number | undefined;

  constructor(intervalMs: number, timeoutMs: number, hooks: KeepAliveHooks) {
    this.#intervalMs = intervalMs;
    this.#timeoutMs = timeoutMs;
    this.#hooks = hooks;
    this.#wait(intervalMs);
  }

  onHeard(): void {
    this.#lastHeard = performance.now();
  }

  onPong(): void {
    if (this.#pingedAt === undefined) return;
    this.roundTripMs = performance.now() - this.#pingedAt;
    this.#pingedAt = undefined;
    this.#wait(this.#intervalMs);
  }

  stop(): void {
    this.#forget();
  }

  #wait(delayMs: number): void {
    this.#forget();
    this.#forget = afterReading(delayMs, () => this.#check());
  }

  #check(): void {
    // Whatever was heard since the PING proves as much as its answer.
    if (this.#pingedAt !== undefined && this.#lastHeard <= this.#pingedAt) {
      this.#hooks.onDead();
      return;
    }
    this.#pingedAt = undefined;
    const silentMs = performance.now() - this.#lastHeard;
    if (silentMs < this.#intervalMs) {
      this.#wait(this.#intervalMs - silentMs);
      return;
    }
    if (!this.#hooks.isNeeded()) {
      this.#wait(this.#intervalMs);
      return;
    }
    this.#pingedAt = performance.now();
    this.#hooks.sendPing();
    this.#wait(this.#timeoutMs);
  }
}
