import { ConnectionError } from './error-code.ts';

/**
 * Frames that cost us work and bring nothing: PING, SETTINGS, PRIORITY, unknown types, empty DATA, and
 * frames for streams long gone. RFC 9113 §10.5 names floods of them as denial of service.
 */
const MOST_PER_SECOND = 1_000;

/**
 * Beside calls a server may send more of them: gRPC servers measure the bandwidth of an upload with a PING
 * for every round trip, and on a loopback there are thousands in a second.
 */
const MOST_PER_USEFUL_FRAME = 10;

/** Ends a connection whose peer sends more of those in a second than any honest peer does. */
export class FloodGuard {
  #second = 0;
  #idle = 0;
  #useful = 0;

  /** A frame that moved a call on. */
  onUseful(): void {
    this.#useful += 1;
  }

  /** A frame that serves no call; throws `ConnectionError` for one too many. */
  onIdle(): void {
    const second = Math.floor(performance.now() / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#idle = 0;
      this.#useful = 0;
    }
    this.#idle += 1;
    if (this.#idle > MOST_PER_SECOND + MOST_PER_USEFUL_FRAME * this.#useful) {
      throw new ConnectionError(
        'ENHANCE_YOUR_CALM',
        `more than ${MOST_PER_SECOND} frames in a second that serve no call`,
      );
    }
  }
}
