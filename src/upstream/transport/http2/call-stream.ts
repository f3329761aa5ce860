import { WeirError } from '../../../errors.ts';
import type { Metadata } from '../transport.ts';
import {
  headersTooLarge,
  leftMidway,
  notGrpc,
  protocolFault,
  statusFromHttp,
  statusFromReset,
  statusFromTrailers,
} from './call-status.ts';
import type { ErrorCodeName } from './error-code.ts';
import type { FieldSection } from './field-section.ts';
import { MessageAssembler, type MessageSink } from './message-assembler.ts';
import type { ReceiveCredit } from './receive-credit.ts';
import { ReceiveWindow } from './receive-window.ts';
import { type OutgoingMessage, SendQueue } from './send-queue.ts';

/**
 * RFC 9113 §5.1, without the states a client's request never has: a complete answer resets what is left of
 * the request, so half-closed (remote) is passed at once.
 */
export type StreamState = 'open' | 'halfClosedLocal' | 'closed';

/** The call a stream belongs to. After `onEnd`, `onFailure` or `onUnprocessed` nothing more comes. */
export interface CallReceiver extends MessageSink {
  readonly deadlinePassed: boolean;
  onHead(metadata: Metadata): void;
  /**
   * Asks whether the call keeps `octets` of its stream's flow control because its reader is behind. If it
   * does, it must `release` them later.
   */
  retain(octets: number): boolean;
  /** More may be sent. */
  onRoom(): void;
  /** The connection closes behind its last call. */
  onDraining(): void;
  /** The status is OK. */
  onEnd(trailers: Metadata): void;
  onFailure(error: Error): void;
  /** The peer went away (GOAWAY) and will not process this call; another connection may. */
  onUnprocessed(error: WeirError): void;
}

/** What a stream asks of its connection. */
export interface StreamHost {
  readonly credit: ReceiveCredit;
  schedule(stream: CallStream): void;
  sendAtOnce(stream: CallStream, message: OutgoingMessage, end: boolean): boolean;
  reset(streamId: number, code: ErrorCodeName): void;
  onStreamClosed(stream: CallStream): void;
}

export interface StreamLimits {
  readonly sendWindow: number;
  readonly receiveWindow: number;
  readonly maxReceiveMessageBytes: number;
}

const NO_METADATA: Metadata = [];

/** One stream: its state, its windows, and the gRPC answer that is read from it. */
export class CallStream {
  readonly id: number;
  readonly sending: SendQueue;
  readonly #host: StreamHost;
  readonly #receiver: CallReceiver;
  readonly #window: ReceiveWindow;
  readonly #messages: MessageAssembler;
  #state: StreamState = 'open';
  #head: FieldSection | undefined;
  #received = 0;

  constructor(id: number, host: StreamHost, receiver: CallReceiver, limits: StreamLimits) {
    this.id = id;
    this.#host = host;
    this.#receiver = receiver;
    this.sending = new SendQueue(limits.sendWindow);
    this.#window = new ReceiveWindow(limits.receiveWindow);
    this.#messages = new MessageAssembler(limits.maxReceiveMessageBytes, receiver);
  }

  get localOpen(): boolean {
    return this.#state === 'open';
  }

  get remoteOpen(): boolean {
    return this.#state !== 'closed';
  }

  /** Sends now what fits now; the rest waits for its turn and the peer's windows. */
  send(message: OutgoingMessage, end: boolean): void {
    if (!this.localOpen || this.sending.ending) return;
    if (this.#host.sendAtOnce(this, message, end)) return;
    this.sending.add(message);
    this.sending.ending = end;
    this.#host.schedule(this);
  }

  halfClose(): void {
    if (!this.localOpen || this.sending.ending) return;
    this.sending.ending = true;
    this.#host.schedule(this);
  }

  onAllSent(): void {
    if (this.#state === 'open') this.#state = 'halfClosedLocal';
  }

  onRoom(): void {
    this.#receiver.onRoom();
  }

  onDraining(): void {
    this.#receiver.onDraining();
  }

  onHeaders(section: FieldSection, endStream: boolean): void {
    if (!this.remoteOpen) {
      this.onFault('STREAM_CLOSED', 'HEADERS after END_STREAM');
      return;
    }
    if (section.tooLarge) {
      this.fail('CANCEL', headersTooLarge());
      return;
    }
    if (section.malformed !== undefined) {
      this.onFault('PROTOCOL_ERROR', section.malformed);
      return;
    }
    if (this.#head === undefined) this.#readHead(section, endStream);
    else this.#readTrailers(section, endStream, this.#head);
  }

  #readHead(section: FieldSection, endStream: boolean): void {
    const status = section.httpStatus;
    if (status === 0) {
      this.onFault('PROTOCOL_ERROR', 'the response has no :status');
      return;
    }
    if (status < 200) {
      // An interim response promises a final one, and HTTP/2 has no 101 (RFC 9113 §8.1, §8.6).
      if (endStream || status === 101) {
        this.onFault('PROTOCOL_ERROR', `an interim response ${status} is out of place`);
      }
      return;
    }
    if (endStream) {
      this.#finish(section, status, NO_METADATA);
      return;
    }
    if (status !== 200) {
      this.fail('CANCEL', statusFromHttp(status));
      return;
    }
    if (section.contentType?.startsWith('application/grpc') !== true) {
      this.fail('CANCEL', notGrpc(section.contentType));
      return;
    }
    this.#head = section;
    if (section.grpcEncoding !== undefined) this.#messages.encoding = section.grpcEncoding;
    this.#receiver.onHead(section.metadata);
  }

  #readTrailers(section: FieldSection, endStream: boolean, head: FieldSection): void {
    if (!endStream) {
      this.onFault('PROTOCOL_ERROR', 'a second header section of a response');
      return;
    }
    if (section.httpStatus !== 0) {
      this.onFault('PROTOCOL_ERROR', 'a pseudo-header among the trailers');
      return;
    }
    this.#finish(section, head.httpStatus, head.metadata);
  }

  /** False where the peer overran the window; the octets are the frame's, padding included. */
  onDataStart(octets: number): boolean {
    if (!this.remoteOpen) {
      this.onFault('STREAM_CLOSED', 'DATA after END_STREAM');
      return false;
    }
    if (this.#head === undefined) {
      this.onFault('PROTOCOL_ERROR', 'DATA before the header section of the response');
      return false;
    }
    if (!this.#window.take(octets)) {
      this.onFault(
        'FLOW_CONTROL_ERROR',
        'the backend overran the flow-control window of the stream',
      );
      return false;
    }
    return true;
  }

  onDataBytes(bytes: Buffer, start: number, end: number): void {
    if (!this.remoteOpen) return;
    this.#received += end - start;
    try {
      this.#messages.push(bytes, start, end);
    } catch (error) {
      this.fail('CANCEL', WeirError.from(error));
    }
  }

  onDataEnd(octets: number, endStream: boolean): void {
    // At once, whoever reads: a stream's own window holds back a peer whose reader stopped, and the
    // connection's would hold back every other call with it.
    this.#host.credit.giveBack(octets);
    if (!this.#receiver.retain(octets)) this.release(octets);
    if (endStream && this.remoteOpen) this.#finish(undefined, 200, NO_METADATA);
  }

  /** Gives flow control of the stream back to the peer; right also after it was closed. */
  release(octets: number): void {
    if (!this.remoteOpen) return;
    const { credit } = this.#host;
    const increment = this.#window.release(octets, credit.largestStreamWindow);
    if (increment > 0) credit.announce(this.id, increment);
  }

  /**
   * The peer's RST_STREAM.
   * @param draining the peer said before that it leaves
   */
  onReset(errorCode: number, draining: boolean): void {
    this.#close();
    const { deadlinePassed } = this.#receiver;
    const answering = this.#head !== undefined;
    this.#receiver.onFailure(statusFromReset(errorCode, { draining, deadlinePassed, answering }));
  }

  /** The connection is gone, or will not carry this stream any further. */
  onLost(error: WeirError, unprocessed: boolean): void {
    this.#close();
    // Who has begun to answer has seen the call, whatever it promises afterwards.
    if (error.neverSent && this.#head !== undefined) this.#receiver.onFailure(leftMidway());
    else if (unprocessed) this.#receiver.onUnprocessed(error);
    else this.#receiver.onFailure(error);
  }

  /** Resets the stream and ends the call. */
  fail(code: ErrorCodeName, error: Error): void {
    if (this.#state === 'closed') return;
    this.reset(code);
    this.#receiver.onFailure(error);
  }

  /** Resets the stream; the call is told nothing. */
  reset(code: ErrorCodeName): void {
    if (this.#state === 'closed') return;
    this.#host.reset(this.id, code);
    this.#close();
  }

  /** The peer broke the protocol in a way that ends this stream alone (RFC 9113 §5.4.2). */
  onFault(code: ErrorCodeName, fault: string): void {
    this.fail(code, protocolFault(`The backend broke HTTP/2: ${fault}.`));
  }

  #finish(trailers: FieldSection | undefined, httpStatus: number, headers: Metadata): void {
    const error = this.#statusOf(trailers, httpStatus, headers);
    // An answer that is complete makes the rest of the request pointless (RFC 9113 §8.1).
    if (this.localOpen) this.#host.reset(this.id, 'CANCEL');
    this.#close();
    if (error === undefined) this.#receiver.onEnd(trailers?.metadata ?? NO_METADATA);
    else this.#receiver.onFailure(error);
  }

  #statusOf(
    trailers: FieldSection | undefined,
    httpStatus: number,
    headers: Metadata,
  ): WeirError | undefined {
    const announced = this.#head?.contentLength ?? -1;
    if (announced !== -1 && announced !== this.#received) {
      return protocolFault('The backend sent another length than its content-length.');
    }
    const error =
      trailers === undefined
        ? statusFromHttp(httpStatus)
        : statusFromTrailers(trailers, httpStatus, headers);
    if (this.#messages.inMessage && (error === undefined || trailers === undefined)) {
      return protocolFault('The backend ended the stream inside a message.');
    }
    return error;
  }

  #close(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.sending.clear();
    this.#host.onStreamClosed(this);
  }
}
