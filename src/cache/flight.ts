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

  /**
   * Settles however the call does, or earlier with why the passenger had to leave.
   * @param deadline a moment on the `performance.now()` clock, undefined for none
   */
  join(passenger: Cancellation, deadline?: number): Promise<Value> {
    this.#passengers += 1;
    return new Promise((resolve, reject) => {
      const leave = (reason: Error) => {
        release();
        this.#passengers -= 1;
        if (this.#passengers === 0) {
          this.#cancellation.cancel(new WeirError('CANCELLED', 'All callers of this call left.'));
        }
        reject(reason);
      };
      const timer =
        deadline === undefined
          ? undefined
          : setTimeout(() => leave(tooLate()), Math.max(0, deadline - performance.now()));
      // One that has left already is told at once, while there is nothing to take back yet.
      let stopListening = () => {};
      stopListening = passenger.onCancel(leave);
      function release(): void {
        clearTimeout(timer);
        stopListening();
      }
      this.#value.then(resolve, reject).finally(release);
    });
  }

  /** False when everyone left: the call is being cancelled and is of no use to a newcomer. */
  get joinable(): boolean {
    return !this.#cancellation.cancelled;
  }
}

function tooLate(): WeirError {
  return new WeirError('DEADLINE_EXCEEDED', 'The deadline passed while waiting for the answer.');
}
