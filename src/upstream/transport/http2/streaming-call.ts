import { WeirError } from '../../../errors.ts';
import type { Metadata, ReplyStream, StreamRequest } from '../transport.ts';
import { Call, type CallDispatcher } from './call.ts';
import { connectionLost } from './call-status.ts';
import type { CallStream } from './call-stream.ts';
import { MessageQueue } from './message-queue.ts';
import type { ResolvedOptions } from './options.ts';

/** What may wait in a stream before its messages are asked for again. */
const SEND_AHEAD_OCTETS = 64 * 1024;

interface Deferred<Value> {
  readonly promise: Promise<Value>;
  readonly resolve: (value: Value) => void;
  readonly reject: (error: Error) => void;
}

interface Waiter {
  readonly resolve: (result: IteratorResult<Uint8Array, undefined>) => void;
  readonly reject: (error: Error) => void;
}

const DONE: IteratorResult<Uint8Array, undefined> = { done: true, value: undefined };

type Outcome = { readonly kind: 'ok' } | { readonly kind: 'failed'; readonly error: Error };

/** A call with any number of messages either way, read by pulling. */
export class StreamingCall
  extends Call
  implements ReplyStream, AsyncIterator<Uint8Array, undefined>
{
  readonly #messages: StreamRequest['messages'];
  readonly #yields: boolean;
  readonly #headers = defer<Metadata>();
  readonly #trailers = defer<Metadata>();
  readonly #received = new MessageQueue();
  readonly #waiters: Waiter[] = [];
  #outcome: Outcome | undefined;
  #onRoom: (() => void) | undefined;
  #replyStream: CallStream | undefined;
  #requests: AsyncIterator<Uint8Array> | undefined;

  constructor(request: StreamRequest, dispatcher: CallDispatcher, options: ResolvedOptions) {
    super(request, dispatcher, options);
    this.#messages = request.messages;
    this.#yields = request.yields === true;
  }

  get headers(): Promise<Metadata> {
    return this.#headers.promise;
  }

  get trailers(): Promise<Metadata> {
    return this.#trailers.promise;
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array, undefined> {
    return this;
  }

  next(): Promise<IteratorResult<Uint8Array, undefined>> {
    const message = this.#received.shift();
    if (message !== undefined) {
      this.#giveBack(this.#received.takeBack());
      return Promise.resolve({ done: false, value: message });
    }
    const outcome = this.#outcome;
    if (outcome === undefined) {
      return new Promise((resolve, reject) => this.#waiters.push({ resolve, reject }));
    }
    return outcome.kind === 'ok' ? Promise.resolve(DONE) : Promise.reject(outcome.error);
  }

  /** The reader leaves. */
  return(): Promise<IteratorResult<Uint8Array, undefined>> {
    this.fail(new WeirError('CANCELLED', 'The reader left the stream before its end.'));
    this.#giveBack(this.#received.clear());
    this.#outcome = { kind: 'ok' };
    return Promise.resolve(DONE);
  }

  onHead(metadata: Metadata): void {
    this.#headers.resolve(metadata);
  }

  onMessage(message: Uint8Array): void {
    const waiter = this.#waiters.shift();
    if (waiter === undefined) this.#received.push(message);
    else waiter.resolve({ done: false, value: message });
  }

  retain(octets: number): boolean {
    return this.#received.retain(octets);
  }

  override onRoom(): void {
    // Each frame makes some room; a large message needs many before the next may be asked for.
    const waiting = this.stream?.sending.octets ?? 0;
    if (waiting >= SEND_AHEAD_OCTETS) return;
    const onRoom = this.#onRoom;
    this.#onRoom = undefined;
    onRoom?.();
  }

  override onDraining(): void {
    if (this.#yields)
      this.fail(connectionLost('The connection to the backend is to close.', false));
  }

  onEnd(trailers: Metadata): void {
    if (!this.settle()) return;
    this.#outcome = { kind: 'ok' };
    // A trailers-only answer has no header section of its own.
    this.#headers.resolve([]);
    this.#trailers.resolve(trailers);
    this.#closeRequests();
    for (const waiter of this.#waiters.splice(0)) waiter.resolve(DONE);
  }

  protected onSettled(error: Error): void {
    this.#outcome = { kind: 'failed', error };
    this.#headers.reject(error);
    this.#trailers.reject(error);
    this.#closeRequests();
    for (const waiter of this.#waiters.splice(0)) waiter.reject(error);
  }

  protected onStream(stream: CallStream): void {
    this.#replyStream = stream;
    this.#sendAll(stream).catch((error: unknown) => this.fail(WeirError.from(error)));
  }

  async #sendAll(stream: CallStream): Promise<void> {
    const messages = this.#messages;
    if (Array.isArray(messages) && messages.length === 1) {
      // A server stream's request leaves whole, half-close included, in one frame.
      stream.send(this.frame(messages[0]), true);
      return;
    }
    if (Symbol.asyncIterator in messages) {
      await this.#pull(stream, messages[Symbol.asyncIterator]());
    } else {
      for (const message of messages) {
        if (this.settled) return;
        const room = this.#sendOne(stream, message);
        if (room !== undefined) await room;
      }
    }
    stream.halfClose();
  }

  /** By hand, because the end of the call must reach the iterator also while we wait for it. */
  async #pull(stream: CallStream, messages: AsyncIterator<Uint8Array>): Promise<void> {
    this.#requests = messages;
    for (;;) {
      const result = await messages.next();
      if (this.settled) return;
      if (result.done === true) break;
      const room = this.#sendOne(stream, result.value);
      if (room !== undefined) await room;
    }
    this.#requests = undefined;
  }

  /** Tells the request side that nobody sends its messages any more. */
  #closeRequests(): void {
    const requests = this.#requests;
    this.#requests = undefined;
    // How it ends is its own affair: the call already has its outcome.
    requests?.return?.().catch(() => {});
    this.onRoom();
  }

  #sendOne(stream: CallStream, message: Uint8Array): Promise<void> | undefined {
    stream.send(this.frame(message), false);
    if (stream.sending.octets < SEND_AHEAD_OCTETS) return undefined;
    return new Promise((resolve) => {
      this.#onRoom = resolve;
    });
  }

  #giveBack(octets: number): void {
    if (octets > 0) this.#replyStream?.release(octets);
  }
}

function defer<Value>(): Deferred<Value> {
  const deferred = Promise.withResolvers<Value>();
  // Whoever does not ask for headers or trailers learns of the failure from the iteration.
  deferred.promise.catch(() => {});
  return deferred;
}
