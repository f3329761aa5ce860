import type { Redis } from '../lib/redis/redis.ts';
import { decide } from './gcra.ts';
import { toIntegers } from './integers.ts';
import type { Claim, LimitStore, Verdict } from './limit-store.ts';
import { TAKE } from './scripts.ts';
import type { SeenBuckets } from './seen-buckets.ts';
import { admit, refuse } from './take-from-table.ts';

export interface RedisStoreOptions {
  readonly redis: Redis;
  readonly seen: SeenBuckets;
  /** Before every key. */
  readonly prefix: string;
}

/**
 * Exact limits over any number of gateways: every admitted call is counted in Redis, by its clock, in
 * one script on one server. In a cluster the buckets of different owners are on different servers; there
 * each owner's are taken in turn, and a later refusal does not give back what an earlier owner paid.
 */
export class RedisStore implements LimitStore {
  readonly #redis: Redis;
  readonly #seen: SeenBuckets;
  readonly #prefix: string;

  constructor({ redis, seen, prefix }: RedisStoreOptions) {
    this.#redis = redis;
    this.#seen = seen;
    this.#prefix = prefix;
  }

  /** @throws RedisUnavailable */
  take(claims: readonly Claim[]): Verdict | Promise<Verdict> {
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

  async #ask(claims: readonly Claim[]): Promise<Verdict> {
    if (!this.#redis.clustered || claims.length < 2) return this.#run(claims);
    let verdict = await this.#run([]);
    for (const group of groupBySlot(claims)) {
      const next = await this.#run(group);
      if (!next.admitted) return next;
      verdict = tighter(verdict, next);
    }
    return verdict;
  }

  async #run(claims: readonly Claim[]): Promise<Verdict> {
    if (claims.length === 0) return admit([], [], 0);
    const keys: string[] = [];
    const args: number[] = [];
    for (const { limit, bucket, cost } of claims) {
      keys.push(this.#prefix + bucket);
      args.push(limit.interval, limit.burst, limit.window, cost, this.#seen.table.get(bucket));
    }
    const reply = toIntegers(await this.#redis.run(TAKE, keys, args));
    const [refusedAt = 0, now = 0, ...rest] = reply;
    this.#seen.synchronise(now);
    const refusing = claims[refusedAt - 1];
    if (refusing !== undefined) {
      const [waitTicks = 0, tat = 0] = rest;
      this.#seen.table.raise(refusing.bucket, tat);
      return refuse(refusing, waitTicks);
    }
    for (let index = 0; index < claims.length; index += 1) {
      const claim = claims[index];
      if (claim !== undefined) this.#seen.table.raise(claim.bucket, rest[index] ?? 0);
    }
    return admit(claims, rest, now);
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
