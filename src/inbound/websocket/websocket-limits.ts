/** What sockets may ask for, and how long they may be silent. */
export interface WebSocketLimits {
  /** Open sockets. Default 20,000, twice what one core is built to serve. */
  readonly maxSockets: number;
  /** Sockets of one address (IPv6: one /64). Default: all, because whole sites come from one address. */
  readonly maxSocketsPerAddress: number;
  /** Subscriptions open on one socket. Default 500: a screen has one for each thing it shows. */
  readonly maxSubscriptionsPerSocket: number;
  /** Queries and mutations running on one socket. Default 500. */
  readonly maxCallsPerSocket: number;
  /** Messages in one array. Default 500: stock wsLink puts all calls of a tick in one and cannot split them. */
  readonly maxBatchLength: number;
  /** Bytes of one message. Default 1 MiB; a longer one closes the socket with 1009 (RFC 6455 7.4.1). */
  readonly maxPayloadBytes: number;
  /** Bytes waiting for one slow reader before its sources are held back. Default 64 KiB. */
  readonly maxBufferedBytes: number;
  /** Milliseconds in which promised connectionParams must come. Default 10 s. */
  readonly firstFrameMs: number;
  /** Milliseconds of silence before a socket is asked with PING. Default 30 s. */
  readonly pingIntervalMs: number;
  /** Milliseconds in which any frame must follow a PING, or the socket is dropped. Default 10 s. */
  readonly pongWaitMs: number;
  /** While draining, sockets are sent away at random moments within this time. Default 5 s. */
  readonly drainJitterMs: number;
  /** Milliseconds between the reconnect notice and the close. Default 5 s: clients move their calls first. */
  readonly closeAfterNoticeMs: number;
}

export const DEFAULT_WEBSOCKET_LIMITS: WebSocketLimits = {
  maxSockets: 20_000,
  maxSocketsPerAddress: 20_000,
  maxSubscriptionsPerSocket: 500,
  maxCallsPerSocket: 500,
  maxBatchLength: 500,
  maxPayloadBytes: 1024 * 1024,
  maxBufferedBytes: 64 * 1024,
  firstFrameMs: 10_000,
  pingIntervalMs: 30_000,
  pongWaitMs: 10_000,
  drainJitterMs: 5_000,
  closeAfterNoticeMs: 5_000,
};
