import { gzipSync } from 'node:zlib';
import { WeirError } from '../../../errors.ts';
import { TimerWheel, WheelEntry } from '../../../lib/timer-wheel.ts';
import type { Metadata, TransportRequest } from '../transport.ts';
import { deadlineExceeded } from './call-status.ts';
import type { CallReceiver, CallStream } from './call-stream.ts';
import type { Connection } from './connection.ts';
import { formatGrpcTimeout } from './grpc-timeout.ts';
import type { ResolvedOptions } from './options.ts';
import type { OutgoingMessage } from './send-queue.ts';

/** Deadlines of all transports share a wheel; 5 ms late is early enough to tell a caller to give up. */
const DEADLINES = new TimerWheel(5);

/** Where a call gets its stream from. */
export interface CallDispatcher {
  dispatch(call: Call): void;
  /** The call no longer waits for a stream. */
  forget(call: Call): void;
  onSettled(call: Call): void;
}

type CallState =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'running'; readonly stream: CallStream }
  | { readonly kind: 'settled' };

const WAITING: CallState = { kind: 'waiting' };
const SETTLED: CallState = { kind: 'settled' };

/** What unary and streaming calls share: waiting for a stream, the deadline, cancellation, one end. */
export abstract class Call extends WheelEntry implements CallReceiver {
  /** Among the running calls of its pool. */
  rosterPlace = -1;
  readonly request: TransportRequest;
  protected readonly options: ResolvedOptions;
  readonly #dispatcher: CallDispatcher;
  #state: CallState = WAITING;
  #forgetCancellation: (() => void) | undefined;

  constructor(request: TransportRequest, dispatcher: CallDispatcher, options: ResolvedOptions) {
    super();
    this.request = request;
    this.options = options;
    this.#dispatcher = dispatcher;
  }

  /** Arms the deadline and the cancellation and asks for a stream. */
  start(): void {
    const { deadline, cancellation } = this.request;
    if (deadline !== undefined && Number.isFinite(deadline)) {
      if (deadline <= performance.now()) {
        this.fail(deadlineSpent('gateway'));
        return;
      }
      DEADLINES.arm(this, deadline);
    }
    if (cancellation !== undefined) {
      if (cancellation.reason !== undefined) {
        this.fail(cancellation.reason);
        return;
      }
      this.#forgetCancellation = cancellation.onCancel((reason) => this.fail(reason));
    }
    this.#dispatcher.dispatch(this);
  }

  /** Begins on a connection with room. */
  begin(connection: Connection): void {
    const { rpcPath, metadata, deadline } = this.request;
    const remainingMs = deadline === undefined ? undefined : deadline - performance.now();
    if (remainingMs !== undefined && remainingMs <= 0) {
      this.fail(deadlineSpent('gateway'));
      return;
    }
    const timeout = remainingMs === undefined ? undefined : formatGrpcTimeout(remainingMs);
    try {
      const stream = connection.open(this, rpcPath, metadata, timeout);
      this.#state = { kind: 'running', stream };
      this.onStream(stream);
    } catch (error) {
      this.fail(WeirError.from(error));
    }
  }

  /** Ends the call from our side; the peer is told if it knows of it. */
  fail(error: Error): void {
    const state = this.#state;
    if (!this.settle()) return;
    if (state.kind === 'running') state.stream.reset('CANCEL');
    else this.#dispatcher.forget(this);
    this.onSettled(error);
  }

  get deadlinePassed(): boolean {
    const { deadline } = this.request;
    return deadline !== undefined && deadline <= performance.now();
  }

  onDue(): void {
    this.fail(this.#state.kind === 'waiting' ? deadlineSpent('backend') : deadlineExceeded());
  }

  onFailure(error: Error): void {
    if (this.settle()) this.onSettled(error);
  }

  onUnprocessed(error: WeirError): void {
    this.onFailure(error);
  }

  onRoom(): void {}

  onDraining(): void {}

  abstract onHead(metadata: Metadata): void;
  abstract onMessage(message: Uint8Array): void;
  abstract retain(octets: number): boolean;
  abstract onEnd(trailers: Metadata): void;
  /** The stream is there; send. */
  protected abstract onStream(stream: CallStream): void;
  /** The call ended, by now at no stream; called once. */
  protected abstract onSettled(error: Error): void;

  protected get stream(): CallStream | undefined {
    return this.#state.kind === 'running' ? this.#state.stream : undefined;
  }

  protected get settled(): boolean {
    return this.#state.kind === 'settled';
  }

  /** Back to the queue: the peer promised that it will not look at the call. */
  protected restart(): void {
    if (this.settled) return;
    this.#state = WAITING;
    this.#dispatcher.dispatch(this);
  }

  /** True the first time. */
  protected settle(): boolean {
    if (this.#state.kind === 'settled') return false;
    this.#state = SETTLED;
    DEADLINES.disarm(this);
    this.#forgetCancellation?.();
    this.#dispatcher.onSettled(this);
    return true;
  }

  /** Compresses if the transport does; throws `WeirError` above the limit. */
  protected frame(message: Uint8Array): OutgoingMessage {
    const most = this.options.maxSendMessageBytes;
    if (message.length > most) {
      throw new WeirError(
        'RESOURCE_EXHAUSTED',
        `A message of ${message.length} bytes is above the ${most} bytes that may be sent.`,
        { neverSent: this.#state.kind === 'waiting' },
      );
    }
    return this.options.compression === 'gzip' && message.length > 0
      ? { compressed: true, body: gzipSync(message) }
      : { compressed: false, body: message };
  }
}

/** @param origin whose fault it is: the backend's where the call waited for a connection, else our own */
function deadlineSpent(origin: WeirError['origin']): WeirError {
  return new WeirError('DEADLINE_EXCEEDED', 'The deadline of the call passed before it was sent.', {
    origin,
    neverSent: true,
  });
}
