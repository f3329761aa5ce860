import { WeirError } from '../../../errors.ts';
import type { Metadata, UnaryReply, UnaryRequest } from '../transport.ts';
import { Call, type CallDispatcher } from './call.ts';
import type { CallStream } from './call-stream.ts';
import type { ResolvedOptions } from './options.ts';
import type { OutgoingMessage } from './send-queue.ts';

const NO_METADATA: Metadata = [];

/** One message out, one message in. */
export class UnaryCall extends Call {
  readonly #outgoing: OutgoingMessage;
  readonly #resolve: (reply: UnaryReply) => void;
  readonly #reject: (error: Error) => void;
  #headers: Metadata = NO_METADATA;
  #message: Uint8Array | undefined;
  #restarted = false;

  constructor(
    request: UnaryRequest,
    dispatcher: CallDispatcher,
    options: ResolvedOptions,
    resolve: (reply: UnaryReply) => void,
    reject: (error: Error) => void,
  ) {
    super(request, dispatcher, options);
    this.#resolve = resolve;
    this.#reject = reject;
    this.#outgoing = this.frame(request.message);
  }

  onHead(metadata: Metadata): void {
    this.#headers = metadata;
  }

  onMessage(message: Uint8Array): void {
    if (this.#message !== undefined) throw cardinality('more than one message');
    this.#message = message;
  }

  /** What arrives is read at once; the message limit bounds it. */
  retain(): boolean {
    return false;
  }

  onEnd(trailers: Metadata): void {
    if (!this.settle()) return;
    const message = this.#message;
    if (message === undefined) this.#reject(cardinality('no message'));
    else this.#resolve({ message, headers: this.#headers, trailers });
  }

  /** Unary calls survive a GOAWAY: nothing of theirs is spent, so they begin again elsewhere, once. */
  override onUnprocessed(error: WeirError): void {
    if (this.#restarted) {
      this.onFailure(error);
      return;
    }
    this.#restarted = true;
    this.restart();
  }

  protected onStream(stream: CallStream): void {
    stream.send(this.#outgoing, true);
  }

  protected onSettled(error: Error): void {
    this.#reject(error);
  }
}

/** gRPC status codes: a wrong number of messages is UNIMPLEMENTED. */
function cardinality(what: string): WeirError {
  return new WeirError('UNIMPLEMENTED', `The backend answered a unary call with ${what}.`, {
    origin: 'backend',
  });
}
