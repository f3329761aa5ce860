import type { Priority } from '../../contract/policy.ts';
import { WeirError } from '../../errors.ts';
import { Cancellation } from '../../lib/cancellation.ts';
import type { BackendCall } from '../backend-call.ts';
import type { Surroundings } from '../surroundings.ts';
import type { AdaptiveConcurrency, ConcurrencyOutcome } from './adaptive-concurrency.ts';
import { PendingQueue } from './pending-queue.ts';
import { upstreamBusy } from './upstream-busy.ts';

/** The share of the limit that each class may fill; what is left is kept free for those before it. */
const SHARES: Readonly<Record<Priority, number>> = { critical: 1, default: 0.95, bulk: 0.8 };

export type Leave = (outcome: ConcurrencyOutcome) => void;

export interface GateOptions extends Pick<Surroundings, 'clock' | 'sleep'> {
  readonly upstream: string;
  /** Calls that its endpoints may have under way together now; undefined for no such limit. */
  readonly limit: (() => number) | undefined;
  readonly adaptive: AdaptiveConcurrency | undefined;
  readonly maxPending: number;
  readonly maxWaitMs: number;
  readonly onShed: () => void;
}

interface Waiter {
  readonly call: BackendCall;
  readonly priority: Priority;
  readonly admit: (leave: Leave) => void;
  readonly refuse: (error: WeirError) => void;
}

/**
 * Lets in as many calls as the upstream may have under way; a bounded number waits, orders before charts.
 * One queue for all endpoints: a call that waits for one while another is free would wait for nothing.
 */
export class Gate {
  readonly #options: GateOptions;
  readonly #pending: PendingQueue<Waiter>;
  #inFlight = 0;

  constructor(options: GateOptions) {
    this.#options = options;
    this.#pending = new PendingQueue(options.maxPending);
  }

  /** Calls that wait. */
  get pending(): number {
    return this.#pending.size;
  }

  /** How many may be under way now. */
  get limit(): number {
    const { limit, adaptive } = this.#options;
    return Math.min(
      limit?.() ?? Number.POSITIVE_INFINITY,
      adaptive?.limit ?? Number.POSITIVE_INFINITY,
    );
  }

  /** Whoever was let in calls `Leave` once. @throws WeirError RESOURCE_EXHAUSTED, or DEADLINE_EXCEEDED after waiting */
  enter(call: BackendCall): Leave | Promise<Leave> {
    const { priority } = call.method.policy;
    const leave = this.#pending.isBefore(priority) ? undefined : this.#tryEnter(priority);
    if (leave !== undefined) return leave;
    if (this.#options.maxPending === 0) throw this.#busy(call);
    call.cancellation.throwIfCancelled();
    return this.#wait(call, priority);
  }

  #tryEnter(priority: Priority): Leave | undefined {
    const { limit, adaptive } = this.#options;
    const share = SHARES[priority];
    // Rounded up, so that a limit of one is one for everybody.
    if (limit !== undefined && this.#inFlight >= Math.ceil(limit() * share)) return undefined;
    const leaveAdaptive = adaptive?.enter(share);
    if (adaptive !== undefined && leaveAdaptive === undefined) return undefined;
    this.#inFlight++;
    return (outcome) => {
      this.#inFlight--;
      leaveAdaptive?.(outcome);
      this.#serve();
    };
  }

  #serve(): void {
    for (let first = this.#pending.first(); first !== undefined; first = this.#pending.first()) {
      const leave = this.#tryEnter(first.priority);
      if (leave === undefined) return;
      this.#pending.delete(first);
      first.admit(leave);
    }
  }

  #wait(call: BackendCall, priority: Priority): Promise<Leave> {
    const { cancellation, deadline, notes } = call;
    const { clock, sleep, maxWaitMs } = this.#options;
    notes?.event('waits for room');
    const leftMs = deadline === undefined ? Number.POSITIVE_INFINITY : deadline - clock();
    const { promise, resolve, reject } = Promise.withResolvers<Leave>();
    const timer = new Cancellation();
    const settle = () => {
      forget();
      timer.cancel(SETTLED);
    };
    const waiter: Waiter = {
      call,
      priority,
      admit(leave) {
        settle();
        resolve(leave);
      },
      refuse(error) {
        settle();
        reject(error);
      },
    };
    const forget = cancellation.onCancel((reason) => {
      if (this.#pending.delete(waiter)) waiter.refuse(WeirError.from(reason));
    });
    sleep(Math.max(0, Math.min(maxWaitMs, leftMs)), timer).then(
      () => {
        if (!this.#pending.delete(waiter)) return;
        waiter.refuse(leftMs <= maxWaitMs ? deadlinePassed() : this.#busy(call));
      },
      () => {},
    );
    const tooMany = this.#pending.push(waiter);
    tooMany?.refuse(this.#busy(tooMany.call));
    return promise;
  }

  #busy({ notes }: BackendCall): WeirError {
    const { upstream, onShed } = this.#options;
    onShed();
    notes?.event('shed', { 'weir.upstream': upstream, 'weir.limit': this.limit });
    return upstreamBusy(upstream);
  }
}

function deadlinePassed(): WeirError {
  return new WeirError(
    'DEADLINE_EXCEEDED',
    'The deadline of the call passed while it waited for room at the backend. The call was not sent.',
    { neverSent: true },
  );
}

const SETTLED = new WeirError('CANCELLED', 'The call waits no more.');
