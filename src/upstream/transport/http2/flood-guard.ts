import { ConnectionError } from './error-code.ts';

/**
 * Frames that cost us work and bring nothing: PING, SETTINGS, PRIORITY, unknown types, empty DATA, and
 * frames for streams long gone. RFC 9113 §10.5 names floods of them as denial of service.
 */
const MOST_PER_SECOND = 1_000;

/** Ends a connection whose peer sends more of those in a second than any honest peer does. */
export class FloodGuard {
  #second = 0;
  #count = 0;

  count(): void {
    const second = Math.floor(performance.now() / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#count = 0;
    }
    this.#count += 1;
    if (this.#count > MOST_PER_SECOND) {
      throw new ConnectionError(
        'ENHANCE_YOUR_CALM',
        `more than ${MOST_PER_SECOND} frames in a second that serve no call`,
      );
    }
  }
}
