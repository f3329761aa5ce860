import type { GrpcCode } from '../errors.ts';

export type Access =
  | { readonly rule: 'public' }
  | { readonly rule: 'authenticated' }
  | { readonly rule: 'roles'; readonly names: readonly string[] }
  | { readonly rule: 'permissions'; readonly names: readonly string[] };

export interface RateLimitPolicy {
  readonly requests: number;
  readonly perMs: number;
  readonly burst: number;
  readonly key: 'default' | 'subject' | 'ip' | 'apiKey';
  readonly cost: number;
  /** Taken by each message of a stream; 0 for none. */
  readonly messageCost: number;
}

export interface RetryPolicy {
  /** The first attempt counts. */
  readonly maxAttempts: number;
  readonly codes: readonly GrpcCode[];
  readonly initialBackoffMs: number;
  readonly maxBackoffMs: number;
  readonly perTryTimeoutMs: number | undefined;
}

/** gRFC A6, only for methods without side effects. Never together with `RetryPolicy`. */
export interface HedgingPolicy {
  /** The first attempt counts. */
  readonly maxAttempts: number;
  readonly hedgingDelayMs: number;
  /** After one of these the next attempt is sent at once; any other status ends the call. */
  readonly nonFatalCodes: readonly GrpcCode[];
}

/** From the one that is served first to the one that is refused first. */
export type Priority = 'critical' | 'default' | 'bulk';

/** An answer that stands in for the backend's. */
export interface FallbackPolicy {
  /** As the contract has it; known to be the output message in ProtoJSON. */
  readonly json: string;
  /** The same, encoded as the backend would have sent it. */
  readonly message: Uint8Array;
  /** The failures it stands in for. */
  readonly codes: readonly GrpcCode[];
}

export interface CachePolicy {
  readonly ttlMs: number;
  readonly staleWhileErrorMs: number;
  readonly staleWhileRevalidateMs: number;
  readonly scope: 'caller' | 'public';
  readonly tags: readonly string[];
}

export interface StreamPolicy {
  readonly share: boolean;
  readonly slowConsumer: 'block' | 'latest' | 'dropOldest' | 'disconnect';
  readonly latestKey: string | undefined;
  readonly queue: number;
  readonly replay: number;
  readonly resumeField: string | undefined;
  readonly resumeFromField: string | undefined;
}

/** `weir.v1.MethodPolicy` with the service's defaults applied and every duration in milliseconds. */
export interface MethodPolicy {
  /** Undefined when neither the method nor its service says who may call. */
  readonly access: Access | undefined;
  readonly rateLimit: RateLimitPolicy | undefined;
  readonly timeoutMs: number | undefined;
  readonly retry: RetryPolicy | undefined;
  readonly hedging: HedgingPolicy | undefined;
  readonly priority: Priority;
  readonly fallback: FallbackPolicy | undefined;
  readonly cache: CachePolicy | undefined;
  readonly stream: StreamPolicy | undefined;
}
