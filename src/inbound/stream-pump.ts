import { WeirError } from '../errors.ts';
import type { Call } from '../pipeline/call.ts';
import type { StreamItem } from '../pipeline/reply.ts';
import type { StreamProcedure } from '../procedures/procedure.ts';
import { awaitNextTurn, takeShareOfTurn } from './turn-share.ts';

/** Where the items of a subscription go. Exactly one of `onEnd` and `onFailure` is called, unless stopped. */
export interface PumpSink {
  /** True when there is room for more; false holds the pump until `resume`. */
  onItem(item: StreamItem): boolean;
  onEnd(): void;
  onFailure(thrown: unknown): void;
}

// SSE ends a field at these (WHATWG HTML 9.2.6), so an id holding one could forge events; tracked() refuses them too.
const UNFIT_FOR_ID = /[\0\n\r]/;

/** Whether an id can travel in every wire of tRPC; the empty one means "not tracked". */
export function isResumeId(id: string | undefined): id is string {
  return id !== undefined && id !== '' && !UNFIT_FOR_ID.test(id);
}

/**
 * Pulls one item at a time, so a reader that is full holds back the backend through gRPC flow control.
 * A stop is honoured at once, even while the source is waiting for its next message.
 */
export class StreamPump {
  readonly #sink: PumpSink;
  readonly #iterator: AsyncIterator<StreamItem>;
  #stopped = false;
  #held = false;

  constructor(procedure: StreamProcedure, call: Call, sink: PumpSink) {
    this.#sink = sink;
    this.#iterator = procedure.handle(call)[Symbol.asyncIterator]();
    this.#pull();
  }

  resume(): void {
    if (!this.#held || this.#stopped) return;
    this.#held = false;
    this.#pull();
  }

  /** Calls nothing back any more. The source is told to end, but not waited for. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    // A generator that fails while cleaning up has nobody left to tell.
    this.#iterator.return?.().then(undefined, () => {});
  }

  #pull(): void {
    this.#iterator.next().then(this.#onResult, this.#onFailure);
  }

  readonly #onResult = ({ done, value }: IteratorResult<StreamItem>): void => {
    if (this.#stopped) return;
    if (done) {
      this.#stopped = true;
      this.#sink.onEnd();
    } else if (value.id && !isResumeId(value.id)) {
      this.stop();
      this.#sink.onFailure(
        new WeirError(
          'INTERNAL',
          'A resume id of this stream holds a line break or a null character.',
        ),
      );
    } else if (!this.#sink.onItem(value)) {
      this.#held = true;
    } else if (takeShareOfTurn()) {
      this.#pull();
    } else {
      awaitNextTurn(this.#onTurn);
    }
  };

  readonly #onTurn = (): void => {
    if (!this.#stopped) this.#pull();
  };

  readonly #onFailure = (thrown: unknown): void => {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#sink.onFailure(thrown);
  };
}
