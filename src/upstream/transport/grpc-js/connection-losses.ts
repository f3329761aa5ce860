import type { WeirError } from '../../../errors.ts';

/**
 * grpc-js tells each call of a connection that broke so by an error of its own. Those that say the same in one
 * turn of the event loop are of one connection, a channel having one, and are given one error: to the
 * endpoint's breaker they are a single failure.
 */
export class ConnectionLosses {
  #latest: WeirError | undefined;

  /** @param error of a call whose connection is gone */
  share(error: WeirError): WeirError {
    if (this.#latest?.message === error.message) return this.#latest;
    this.#latest = error;
    setImmediate(() => {
      this.#latest = undefined;
    });
    return error;
  }
}
