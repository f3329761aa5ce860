import { WeirError } from '../../src/errors.ts';
import type { Random } from '../../src/lib/clock.ts';
import type {
  Transport,
  UnaryReply,
  UnaryRequest,
} from '../../src/upstream/transport/transport.ts';
import type { VirtualTime } from './virtual-time.ts';

const REPLY: UnaryReply = { message: new Uint8Array(), headers: [], trailers: [] };

/** `refusing`: nobody listens. `hung`: it accepts calls and never answers. */
export type Condition = 'serving' | 'refusing' | 'hung';

/**
 * One backend process: so many calls at once, the rest in a queue, service times drawn from an
 * exponential distribution. It counts what reaches it.
 */
export class SimulatedBackend implements Transport {
  condition: Condition = 'serving';
  /** Mean of the time one call takes. */
  serviceMs = 10;
  /** Share of calls that it answers with UNAVAILABLE, 0 to 1. */
  failureRate = 0;
  /** Needed only where calls are hedged; a million listeners would cost more than the calls. */
  hearsCancellation = false;
  /** Calls that arrived, whatever became of them. */
  arrived = 0;
  /** Calls that were tried on it while nobody listened. */
  knocked = 0;

  readonly #time: VirtualTime;
  readonly #random: Random;
  /** When each of its workers is done with what it has taken on. */
  readonly #freeAt: number[];

  constructor(time: VirtualTime, random: Random, workers: number) {
    this.#time = time;
    this.#random = random;
    this.#freeAt = Array.from({ length: workers }, () => 0);
  }

  unary({ deadline, cancellation }: UnaryRequest): Promise<UnaryReply> {
    if (this.condition === 'refusing') {
      this.knocked++;
      return Promise.reject(
        new WeirError('UNAVAILABLE', 'connection refused', { origin: 'backend', neverSent: true }),
      );
    }
    this.arrived++;
    const { promise, resolve, reject } = Promise.withResolvers<UnaryReply>();
    // What it has begun it finishes: a call that is cancelled frees no worker.
    if (this.hearsCancellation) cancellation?.onCancel(reject);
    const now = this.#time.now();
    const doneAt = this.condition === 'hung' ? Number.POSITIVE_INFINITY : this.#takeOn(now);
    if (deadline !== undefined && deadline < doneAt) {
      this.#time.after(deadline - now, () =>
        reject(new WeirError('DEADLINE_EXCEEDED', 'too slow', { origin: 'backend' })),
      );
    } else if (Number.isFinite(doneAt)) {
      const fails = this.#random() < this.failureRate;
      this.#time.after(doneAt - now, () => {
        if (fails) reject(new WeirError('UNAVAILABLE', 'failed', { origin: 'backend' }));
        else resolve(REPLY);
      });
    }
    return promise;
  }

  stream(): never {
    throw new Error('The simulation has no streams.');
  }

  /** Nothing is lost to connecting here. */
  connect(): void {}

  async close(): Promise<void> {}

  #takeOn(now: number): number {
    const soonest = this.#freeAt.indexOf(Math.min(...this.#freeAt));
    const begun = Math.max(now, this.#freeAt[soonest] ?? now);
    const doneAt = begun - this.serviceMs * Math.log(1 - this.#random());
    this.#freeAt[soonest] = doneAt;
    return doneAt;
  }
}
