import { WeirError } from '../errors.ts';
import { Cancellation } from '../lib/cancellation.ts';

/**
 * One backend call that several callers wait for. Each may leave on its own; the call is cancelled when
 * the last one has left, unless it is wanted without anyone waiting (a refresh behind a stale answer).
 */
export class Flight<Value> {
  readonly #cancellation = new Cancellation();
  readonly #value: Promise<Value>;
  #passengers = 0;

  constructor(load: (cancellation: Cancellation) => Promise<Value>, wanted: boolean) {
    if (wanted) this.#passengers = 1;
    this.#value = load(this.#cancellation);
    // Those who wait see the failure; one that nobody waits for any more is no unhandled rejection.
    this.#value.catch(() => {});
  }

  /** Settles however the call does, or at once as `passenger` is cancelled. */
  join(passenger: Cancellation): Promise<Value> {
    this.#passengers += 1;
    return new Promise((resolve, reject) => {
      const stopListening = passenger.onCancel((reason) => {
        this.#passengers -= 1;
        if (this.#passengers === 0) {
          this.#cancellation.cancel(new WeirError('CANCELLED', 'All callers of this call left.'));
        }
        reject(reason);
      });
      this.#value.then(resolve, reject).finally(stopListening);
    });
  }

  /** False when everyone left: the call is being cancelled and is of no use to a newcomer. */
  get joinable(): boolean {
    return !this.#cancellation.cancelled;
  }
}
