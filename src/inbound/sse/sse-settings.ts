/** How subscriptions over Server-Sent Events are served. */
export interface SseSettings {
  /** Milliseconds of silence before a ping event; 0 for none. Default 15 s: proxies cut silence at 30 to 60 s. */
  readonly pingIntervalMs: number;
  /** Told to the client: it reconnects after this much silence. Default three pings. */
  readonly reconnectAfterInactivityMs: number | undefined;
  /** After this the stream ends and the client resumes with a new one. Default never. */
  readonly maxDurationMs: number | undefined;
  /** Ends after the first item, for proxies that cannot stream. Default false. */
  readonly emitAndEndImmediately: boolean;
  /** Bytes waiting for one slow reader before its source is held back. Default 64 KiB. */
  readonly maxBufferedBytes: number;
  /** Open streams over all connections. Default 10,000. */
  readonly maxSubscriptions: number;
  /** While draining, streams end at random moments within this time, so that clients do not return at once. */
  readonly drainJitterMs: number;
}

export const DEFAULT_SSE_SETTINGS: SseSettings = {
  pingIntervalMs: 15_000,
  reconnectAfterInactivityMs: 45_000,
  maxDurationMs: undefined,
  emitAndEndImmediately: false,
  maxBufferedBytes: 64 * 1024,
  maxSubscriptions: 10_000,
  drainJitterMs: 5_000,
};
