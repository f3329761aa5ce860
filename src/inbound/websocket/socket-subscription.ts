import { WeirError } from '../../errors.ts';
import type { Call } from '../../pipeline/call.ts';
import type { StreamItem } from '../../pipeline/reply.ts';
import type { StreamProcedure } from '../../procedures/procedure.ts';
import type { FrontLog } from '../front-options.ts';
import { logFault } from '../log-fault.ts';
import { toShape } from '../refusal.ts';
import { type PumpSink, StreamPump } from '../stream-pump.ts';
import type { FrameOutbox } from './frame-outbox.ts';
import { errorFrame, itemFrame, startedFrame, stoppedFrame } from './reply-frames.ts';

export interface SocketSubscriptionOptions {
  /** The start of every frame; see `frameHead`. */
  readonly head: string;
  readonly procedure: StreamProcedure;
  readonly call: Call;
  readonly outbox: FrameOutbox;
  readonly log: FrontLog | undefined;
  readonly onEnded: () => void;
}

/** One subscription of one socket, from `started` to `stopped` or an error. */
export class SocketSubscription implements PumpSink {
  readonly #options: SocketSubscriptionOptions;
  readonly #pump: StreamPump | undefined;
  #ended = false;

  constructor(options: SocketSubscriptionOptions) {
    this.#options = options;
    const { head, procedure, call, outbox } = options;
    outbox.push(startedFrame(head));
    call.cancellation.onCancel((reason) => this.onFailure(reason));
    if (this.#ended) return;
    try {
      this.#pump = new StreamPump(procedure, call, this);
    } catch (thrown) {
      this.onFailure(thrown);
    }
  }

  onItem(item: StreamItem): boolean {
    this.#options.outbox.push(itemFrame(this.#options.head, item));
    return !this.#options.outbox.full;
  }

  onEnd(): void {
    this.#end(undefined);
  }

  onFailure(thrown: unknown): void {
    const context = {
      procedureType: 'subscription',
      path: this.#options.call.method.path,
      requestId: this.#options.call.id,
    } as const;
    logFault(this.#options.log, thrown, context);
    this.#end(errorFrame(this.#options.head, toShape(thrown, context)));
  }

  /** The client sent `subscription.stop`. */
  stop(): void {
    this.#end(undefined);
    this.#options.call.cancellation.cancel(
      new WeirError('CANCELLED', 'The caller left the subscription.'),
    );
  }

  /** The socket has room again. */
  resume(): void {
    this.#pump?.resume();
  }

  #end(error: string | undefined): void {
    if (this.#ended) return;
    this.#ended = true;
    const { head, outbox } = this.#options;
    if (error !== undefined) outbox.push(error);
    // Clients take an error for the end already; the stock server says `stopped` after it all the same.
    outbox.push(stoppedFrame(head));
    this.#pump?.stop();
    this.#options.onEnded();
  }
}
