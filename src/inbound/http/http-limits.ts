/** What one HTTP request may ask for. */
export interface HttpLimits {
  /** Calls in one batch. Default 100: stock links batch what one render asks for, rarely above 20. */
  readonly maxBatchLength: number;
  /** Bytes of a request body. Default 1 MiB, a quarter of what gRPC servers take by default. */
  readonly maxBodyBytes: number;
  /** Bytes of the request target. Default 8 KiB, what most proxies allow; longer inputs belong into a POST. */
  readonly maxUrlBytes: number;
  /** Calls between request and answer over all connections. Default 10,000, about 1 s of work. */
  readonly maxRunningCalls: number;
  /** Answers from this length on are compressed. Default 8 KiB: below, it saves a packet or two at most. */
  readonly compressFromBytes: number;
  /** How long a caller may take to read an answer that is ready. Default 30 s, in milliseconds. */
  readonly readTimeoutMs: number;
}

export const DEFAULT_HTTP_LIMITS: HttpLimits = {
  maxBatchLength: 100,
  maxBodyBytes: 1024 * 1024,
  maxUrlBytes: 8 * 1024,
  maxRunningCalls: 10_000,
  compressFromBytes: 8 * 1024,
  readTimeoutMs: 30_000,
};
