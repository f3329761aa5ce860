import type { Cancellation } from '../../lib/cancellation.ts';
import type { CallNotes } from '../../telemetry/call-notes.ts';

/**
 * gRPC metadata as it stands on the wire: lower-case names, values as text, `-bin` values in base64.
 * A name may occur more than once.
 */
export type Metadata = readonly (readonly [name: string, value: string])[];

export interface TransportRequest {
  /** The HTTP/2 `:path`, for example `/market.v1.QuoteService/GetQuote`. */
  readonly rpcPath: string;
  readonly metadata: Metadata;
  /** A moment on the `performance.now()` clock in milliseconds; sent on as `grpc-timeout`. */
  readonly deadline?: number | undefined;
  readonly cancellation?: Cancellation | undefined;
  /** Told when the call has to wait for a connection with room, and when it has one. */
  readonly notes?: Pick<CallNotes, 'event'> | undefined;
}

export interface UnaryRequest extends TransportRequest {
  readonly message: Uint8Array;
}

export interface UnaryReply {
  readonly message: Uint8Array;
  readonly headers: Metadata;
  readonly trailers: Metadata;
}

export interface StreamRequest extends TransportRequest {
  /** What the client side sends; the call is half-closed when it ends. One message for a server stream. */
  readonly messages: Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
  /**
   * Ends with UNAVAILABLE as soon as the connection is to close, instead of keeping it open: for a stream
   * that only watches, which would hold up a backend's orderly stop for ever.
   */
  readonly yields?: boolean | undefined;
}

/**
 * The messages of one call. It ends normally only on status OK with trailers received; anything else
 * throws a `WeirError`. A reader that does not pull holds back the peer through flow control.
 * Leaving the iteration early cancels the call.
 */
export interface ReplyStream extends AsyncIterable<Uint8Array> {
  /** Resolves with the response headers before the first message; rejects as the iteration would. */
  readonly headers: Promise<Metadata>;
  /** Resolves when the stream ended with OK; rejects as the iteration would. */
  readonly trailers: Promise<Metadata>;
}

/**
 * gRPC calls to one endpoint. Everything that goes wrong is thrown as a `WeirError`: with
 * `origin: 'backend'` for statuses the peer sent and failures of its connection, and with
 * `neverSent: true` only where the call provably never reached the peer.
 */
export interface Transport {
  unary(request: UnaryRequest): Promise<UnaryReply>;
  stream(request: StreamRequest): ReplyStream;
  /** Opens a connection before the first call, and another whenever the last one is gone, until closed. */
  connect(): void;
  /** Takes no new call, lets running ones finish for `graceMs`, then cancels them. */
  close(graceMs: number): Promise<void>;
}
