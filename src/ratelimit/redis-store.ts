import type { Redis } from '../lib/redis/redis.ts';
import { decide } from './gcra.ts';
import { type Claim, type LimitStore, UNCOUNTED, type Verdict } from './limit-store.ts';
import type { SeenBuckets } from './seen-buckets.ts';
import { TakeBatch, type TakeBatchOptions } from './take-batch.ts';
import { refuse } from './take-from-table.ts';

export interface RedisStoreOptions extends TakeBatchOptions {
  readonly redis: Redis;
}

/**
 * Exact limits over any number of gateways: every admitted call is counted in Redis, by its clock, in
 * one script on one server. In a cluster the buckets of different owners are on different servers; there
 * each owner's are taken in turn, and a later refusal does not give back what an earlier owner paid.
 */
export class RedisStore implements LimitStore {
  readonly #clustered: boolean;
  readonly #seen: SeenBuckets;
  readonly #batch: TakeBatch;

  constructor(options: RedisStoreOptions) {
    this.#clustered = options.redis.clustered;
    this.#seen = options.seen;
    this.#batch = new TakeBatch(options);
  }

  /** @throws RedisUnavailable */
  take(claims: readonly Claim[]): Verdict | Promise<Verdict> {
    if (claims.length === 0) return UNCOUNTED;
    return this.refusedAsSeen(claims) ?? this.#ask(claims);
  }

  /** The refusal of a bucket that was seen too full for this call; a flood of those costs Redis nothing. */
  refusedAsSeen(claims: readonly Claim[]): Verdict | undefined {
    const now = this.#seen.now();
    for (const claim of claims) {
      const tat = this.#seen.table.get(claim.bucket);
      if (tat <= now) continue;
      const decision = decide(claim.limit, tat, now, claim.cost);
      if (!decision.admitted) return refuse(claim, decision.waitTicks);
    }
    return undefined;
  }

  #ask(claims: readonly Claim[]): Promise<Verdict> {
    return this.#clustered ? this.#askEachSlot(claims) : this.#batch.take(claims);
  }

  async #askEachSlot(claims: readonly Claim[]): Promise<Verdict> {
    let verdict: Verdict = UNCOUNTED;
    for (const group of groupBySlot(claims)) {
      const next = await this.#batch.takeAlone(group);
      if (!next.admitted) return next;
      verdict = tighter(verdict, next);
    }
    return verdict;
  }
}

function groupBySlot(claims: readonly Claim[]): Iterable<readonly Claim[]> {
  return Map.groupBy(claims, ({ bucket }) => bucket.slice(0, bucket.indexOf('}'))).values();
}

function tighter(a: Verdict, b: Verdict): Verdict {
  if (!a.admitted || !b.admitted || a.tightest === undefined) return b;
  if (b.tightest === undefined) return a;
  const partOfA = a.remaining / a.tightest.limit.burst;
  const partOfB = b.remaining / b.tightest.limit.burst;
  return partOfB < partOfA ? b : a;
}
