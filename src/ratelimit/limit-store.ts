import type { Limit } from './limit.ts';

/** One limit that a call falls under, and what the call takes from it. */
export interface Claim {
  readonly limit: Limit;
  /** The bucket's name; its part in braces is the slot of a Redis cluster. See `createBucketName`. */
  readonly bucket: string;
  readonly cost: number;
}

export type Verdict =
  | {
      readonly admitted: true;
      /** The claim with the smallest part of its burst left; undefined when nothing was counted. */
      readonly tightest: Claim | undefined;
      /** Tokens left in the tightest bucket. */
      readonly remaining: number;
      /** Until that bucket is full again. */
      readonly resetMs: number;
    }
  | {
      readonly admitted: false;
      readonly refusedBy: Claim;
      /** From when on the call can be admitted, if nobody else takes what comes back. */
      readonly retryAfterMs: number;
    };

/**
 * Takes from all buckets or from none: what a narrow limit refuses costs the wide ones nothing.
 * The first claim that refuses is the one named.
 */
export interface LimitStore {
  take(claims: readonly Claim[]): Verdict | Promise<Verdict>;
}

export const UNCOUNTED: Verdict = {
  admitted: true,
  tightest: undefined,
  remaining: Number.POSITIVE_INFINITY,
  resetMs: 0,
};

/**
 * @param owner whose bucket it is: a caller, a method, or the gateway. It stands in braces as the hash
 * tag of Redis Cluster, so that all buckets of one caller are in one slot; a brace inside would end it.
 */
export function createBucketName(limit: Limit, owner: string): string {
  return `{${owner.includes('}') ? owner.replaceAll('}', '%7D') : owner}}${limit.id}`;
}
