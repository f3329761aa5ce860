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
  readonly cache: CachePolicy | undefined;
  readonly stream: StreamPolicy | undefined;
}
