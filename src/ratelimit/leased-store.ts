import type { Redis } from '../lib/redis/redis.ts';
import { ticksUntilFull, tokensLeft } from './gcra.ts';
import { toIntegers } from './integers.ts';
import { Lease } from './lease.ts';
import { fillTime, type Limit } from './limit.ts';
import { type Claim, type LimitStore, UNCOUNTED, type Verdict } from './limit-store.ts';
import { RedisStore, type RedisStoreOptions } from './redis-store.ts';
import { LEASE } from './scripts.ts';
import type { SeenBuckets } from './seen-buckets.ts';
import { TICKS_PER_MS } from './ticks.ts';

export interface LeasedStoreOptions extends RedisStoreOptions {
  /** The largest part of a burst that one gateway may hold, above 0 and at most 1. */
  readonly maxShare: number;
  /** Buckets with a lease at once. */
  readonly maxLeases: number;
}

/** A call waits for tokens at most this often before it asks for itself alone. */
const MAX_WAITS = 2;

/**
 * Limits over any number of gateways without a round trip for hot buckets: each gateway takes a slice
 * of tokens from Redis ahead of use.
 *
 * Redis counts every token before it is used, so over all time no more than burst + rate · t are used.
 * Within a stretch of time, those that were taken before it began come on top: at most
 * burst + rate · t + gateways · maxShare · burst. The other way, what other gateways hold and do not use
 * can be missing here: at most that many tokens, for at most the time the bucket takes to fill.
 */
export class LeasedStore implements LimitStore {
  readonly #redis: Redis;
  readonly #seen: SeenBuckets;
  readonly #exact: RedisStore;
  readonly #options: LeasedStoreOptions;
  readonly #leases = new Map<string, Lease>();

  constructor(options: LeasedStoreOptions) {
    this.#redis = options.redis;
    this.#seen = options.seen;
    this.#exact = new RedisStore(options);
    this.#options = options;
  }

  /** @throws RedisUnavailable */
  take(claims: readonly Claim[]): Verdict | Promise<Verdict> {
    return this.takeHeld(claims) ?? this.#takeNew(claims);
  }

  /** Admits a call whose every claim is covered by tokens held here. */
  takeHeld(claims: readonly Claim[]): Verdict | undefined {
    const nowMs = performance.now();
    for (const claim of claims) {
      const lease = this.#leases.get(claim.bucket);
      if (lease === undefined || lease.tokens(nowMs) < claim.cost) return undefined;
    }
    for (const claim of claims) {
      const lease = this.#leases.get(claim.bucket);
      lease?.spend(claim.cost);
      if (lease?.runsLow() && this.#redis.connected) {
        // Nobody waits for this one; a failure shows itself to the next call that has to wait.
        this.#refill(claim, lease, 1).catch(() => {});
      }
    }
    return this.#report(claims, nowMs);
  }

  async #takeNew(claims: readonly Claim[]): Promise<Verdict> {
    for (let wait = 0; wait < MAX_WAITS; wait += 1) {
      const missing = claims.filter((claim) => {
        return (this.#leases.get(claim.bucket)?.tokens(performance.now()) ?? 0) < claim.cost;
      });
      const refusal = this.#exact.refusedAsSeen(missing);
      if (refusal !== undefined) return refusal;
      const refusals = await Promise.all(missing.map((claim) => this.#obtain(claim)));
      const refused = refusals.find((verdict) => verdict !== undefined);
      if (refused !== undefined) return refused;
      const verdict = this.takeHeld(claims);
      if (verdict !== undefined) return verdict;
    }
    return this.#exact.take(claims);
  }

  async #obtain(claim: Claim): Promise<Verdict | undefined> {
    const lease = this.#leaseOf(claim);
    await (lease.refill ?? this.#refill(claim, lease, claim.cost));
    if (lease.tokens(performance.now()) >= claim.cost) return undefined;
    return this.#exact.refusedAsSeen([claim]);
  }

  #refill(claim: Claim, lease: Lease, need: number): Promise<void> {
    const request = this.#request(claim, lease, need).finally(() => {
      lease.refill = undefined;
    });
    lease.refill = request;
    return request;
  }

  async #request({ limit, bucket }: Claim, lease: Lease, need: number): Promise<void> {
    const want = lease.resize(need, performance.now());
    const known = this.#seen.table.get(bucket);
    const args = [limit.interval, limit.burst, limit.window, Math.max(need, want), need, known];
    const reply = await this.#redis.run(LEASE, [this.#options.prefix + bucket], args);
    const [tokens = 0, now = 0, tat = 0] = toIntegers(reply, 3);
    this.#seen.synchronise(now);
    this.#seen.table.raise(bucket, tat);
    if (tokens > 0) lease.grant(tokens, performance.now(), lapseOf(limit, tat, now));
  }

  #leaseOf({ bucket, limit }: Claim): Lease {
    let lease = this.#leases.get(bucket);
    if (lease === undefined) {
      lease = new Lease(Math.max(1, Math.floor(limit.burst * this.#options.maxShare)));
      this.#leases.set(bucket, lease);
      this.#dropOldest();
    }
    return lease;
  }

  /** A dropped lease's tokens are lost: they were counted and will not be used, so no limit is exceeded. */
  #dropOldest(): void {
    if (this.#leases.size <= this.#options.maxLeases) return;
    const [oldest] = this.#leases.keys();
    if (oldest !== undefined) this.#leases.delete(oldest);
  }

  #report(claims: readonly Claim[], nowMs: number): Verdict {
    let verdict: Verdict = UNCOUNTED;
    let smallestPart = Number.POSITIVE_INFINITY;
    const now = this.#seen.now();
    for (const claim of claims) {
      const { limit, bucket } = claim;
      const tat = this.#seen.table.get(bucket);
      const held = this.#leases.get(bucket)?.tokens(nowMs) ?? 0;
      const remaining = Math.min(limit.burst, tokensLeft(limit, tat, now) + held);
      if (remaining / limit.burst >= smallestPart) continue;
      smallestPart = remaining / limit.burst;
      const resetMs = Math.ceil(ticksUntilFull(limit, tat, now) / TICKS_PER_MS);
      verdict = { admitted: true, tightest: claim, remaining, resetMs };
    }
    return verdict;
  }
}

/** Tokens lapse when their bucket would be full again anyway; those of a quota with its window. */
function lapseOf(limit: Limit, tat: number, now: number): number {
  const ticks = limit.window > 0 ? ticksUntilFull(limit, tat, now) : fillTime(limit);
  return ticks / TICKS_PER_MS;
}
