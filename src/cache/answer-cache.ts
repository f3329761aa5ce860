import { type GrpcCode, WeirError } from '../errors.ts';
import type { Cancellation } from '../lib/cancellation.ts';
import {
  type CachedAnswer,
  type CacheTerms,
  createCachedAnswer,
  createNegativeAnswer,
} from './cached-answer.ts';
import { Flight } from './flight.ts';
import type { MemoryLayer } from './memory-layer.ts';
import type { RedisLayer } from './redis-layer.ts';

export type CacheStatus = 'hit' | 'miss' | 'stale' | 'coalesced';

export interface CacheOutcome {
  readonly status: CacheStatus;
  readonly answer: CachedAnswer;
}

export interface CacheCounts {
  hit: number;
  miss: number;
  stale: number;
  coalesced: number;
}

export interface AnswerCacheOptions {
  readonly memory: MemoryLayer;
  /** Undefined for a gateway that shares with nobody. */
  readonly redis: RedisLayer | undefined;
  /** Milliseconds of the Unix epoch; for tests. */
  readonly now?: () => number;
}

export interface Fetch {
  /** From `createCacheKey`. */
  readonly key: string;
  readonly terms: CacheTerms;
  readonly caller: Cancellation;
  /** The caller's, on the `performance.now()` clock. */
  readonly deadline?: number | undefined;
  /**
   * Asks the backend; the JSON text of its answer. `behind` when no caller waits for it, so that no
   * caller's deadline counts.
   */
  readonly load: (cancellation: Cancellation, behind: boolean) => Promise<string>;
}

/** RFC 5861 §4 says 500, 502, 503 and 504; these are what becomes of them. */
const STALE_ALLOWED: ReadonlySet<GrpcCode> = new Set([
  'UNAVAILABLE',
  'DEADLINE_EXCEEDED',
  'INTERNAL',
  'UNKNOWN',
  'DATA_LOSS',
]);

/** Reasons of the one who made the shared call, which are not those of who joined it. */
const LEADERS_OWN: ReadonlySet<GrpcCode> = new Set(['CANCELLED', 'DEADLINE_EXCEEDED']);

/**
 * Answers from memory, then Redis, then the backend, which gets one call for all equal ones under way.
 */
export class AnswerCache {
  readonly counts: CacheCounts = { hit: 0, miss: 0, stale: 0, coalesced: 0 };
  readonly #memory: MemoryLayer;
  readonly #redis: RedisLayer | undefined;
  readonly #now: () => number;
  readonly #flights = new Map<string, Flight<CachedAnswer>>();

  constructor({ memory, redis, now = Date.now }: AnswerCacheOptions) {
    this.#memory = memory;
    this.#redis = redis;
    this.#now = now;
  }

  get bytes(): number {
    return this.#memory.bytes;
  }

  get answers(): number {
    return this.#memory.answers;
  }

  /**
   * At once where the answer is in memory.
   * @throws WeirError as `load` does, when there is no answer that may be given instead.
   */
  fetch(fetch: Fetch): CacheOutcome | Promise<CacheOutcome> {
    const held = this.#memory.get(fetch.key);
    const now = this.#now();
    if (held !== undefined && now < held.freshUntil) return this.#give('hit', held);
    if (held !== undefined && now < held.revalidateUntil) {
      this.#refresh(fetch);
      return this.#give('stale', held);
    }
    return this.#join(fetch, held);
  }

  async #join(fetch: Fetch, held: CachedAnswer | undefined): Promise<CacheOutcome> {
    for (;;) {
      const started = this.#now();
      const { flight, joined } = this.#flightOf(fetch, false);
      try {
        const answer = await flight.join(fetch.caller, fetch.deadline);
        const status = statusOf(answer, started);
        return this.#give(joined && status !== 'stale' ? 'coalesced' : status, answer);
      } catch (thrown) {
        const error = WeirError.from(thrown);
        if (fetch.caller.cancelled) throw error;
        if (joined && LEADERS_OWN.has(error.code)) continue;
        const stale = STALE_ALLOWED.has(error.code) && held !== undefined;
        if (stale && this.#now() < held.ifErrorUntil) return this.#give('stale', held);
        throw error;
      }
    }
  }

  /** Fetches a new answer behind a stale one; a failure leaves things as they are. */
  #refresh(fetch: Fetch): void {
    if (!this.#flights.get(fetch.key)?.joinable) this.#flightOf(fetch, true);
  }

  #flightOf(fetch: Fetch, wanted: boolean): { flight: Flight<CachedAnswer>; joined: boolean } {
    const current = this.#flights.get(fetch.key);
    if (current?.joinable) return { flight: current, joined: true };
    const land = () => {
      if (this.#flights.get(fetch.key) === flight) this.#flights.delete(fetch.key);
    };
    const flight = new Flight<CachedAnswer>(
      (cancellation) => this.#load(fetch, cancellation, wanted).finally(land),
      wanted,
    );
    this.#flights.set(fetch.key, flight);
    return { flight, joined: false };
  }

  async #load(
    { key, terms, load }: Fetch,
    cancellation: Cancellation,
    behind: boolean,
  ): Promise<CachedAnswer> {
    // Loading begins when this function has returned, so that the flight is known by then.
    const shared = await this.#redis?.get(key);
    if (shared !== undefined && this.#now() < shared.freshUntil) {
      this.#memory.set(key, shared);
      return shared;
    }
    try {
      const json = await load(cancellation, behind);
      return this.#store(key, createCachedAnswer(json, terms, this.#now()));
    } catch (thrown) {
      const error = WeirError.from(thrown);
      const known = error.code === 'NOT_FOUND' && error.origin === 'backend';
      if (known && terms.negativeTtlMs > 0) {
        return this.#store(key, createNegativeAnswer(error, terms.negativeTtlMs, this.#now()));
      }
      // Another gateway's answer may be given where this one's own may.
      if (shared !== undefined && STALE_ALLOWED.has(error.code)) {
        if (this.#now() < shared.ifErrorUntil) return shared;
      }
      throw error;
    }
  }

  #store(key: string, answer: CachedAnswer): CachedAnswer {
    if (answer.ifErrorUntil > this.#now() || answer.revalidateUntil > this.#now()) {
      this.#memory.set(key, answer);
      this.#redis?.set(key, answer, this.#now());
    }
    return answer;
  }

  #give(status: CacheStatus, answer: CachedAnswer): CacheOutcome {
    if (answer.error !== undefined) throw answer.error;
    this.counts[status] += 1;
    return { status, answer };
  }
}

/** An answer older than the question came from Redis: fresh, or the best there is. */
function statusOf(answer: CachedAnswer, asked: number): CacheStatus {
  if (answer.storedAt >= asked) return 'miss';
  return asked < answer.freshUntil ? 'hit' : 'stale';
}
