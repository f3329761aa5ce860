import { WeirError } from '../errors.ts';
import { type Redis, RedisUnavailable } from '../lib/redis/redis.ts';
import { type Claim, type LimitStore, UNCOUNTED, type Verdict } from './limit-store.ts';
import { LocalShare } from './local-share.ts';
import { RedisLink } from './redis-link.ts';
import type { SeenBuckets } from './seen-buckets.ts';
import { takeFromTable } from './take-from-table.ts';

/** What becomes of calls while Redis is gone. */
export type WhenGone =
  /** Each gateway enforces its part of every limit, from where Redis left off. */
  | 'local'
  /** All are admitted. */
  | 'open'
  /** All are refused with UNAVAILABLE. */
  | 'closed';

export interface SharedStoreStatus {
  readonly mode: 'shared' | WhenGone;
  /** Why Redis is not asked; undefined in mode `shared`. */
  readonly reason: string | undefined;
  /** Gateways that share the limits, as last counted. */
  readonly instances: number;
}

export interface SharedStoreOptions {
  readonly redis: Redis;
  readonly seen: SeenBuckets;
  /** Asks Redis: a `RedisStore` or a `LeasedStore`. */
  readonly store: LimitStore;
  readonly whenGone: WhenGone;
  readonly prefix: string;
  /**
   * How long a server that is new to the gateways is left alone, in milliseconds, so that all of them
   * can give back what they saw of the old one's buckets before anyone relies on it.
   */
  readonly settleMs: number;
  /** Called once for each change of mode. */
  readonly onChange?: (status: SharedStoreStatus) => void;
}

/** A caller refused because limits cannot be checked is asked to stay away for this long. */
const CLOSED_RETRY_MS = 1_000;

/**
 * Limits kept in Redis, that hold, as configured, without it as well.
 *
 * While Redis is there, all gateways together admit at most burst + rate · t, through restarts and
 * failovers too. While it is gone with `local`, their parts add up to the same, counted from what each
 * of them last saw; what others used unseen can come on top once in each outage, less than one burst.
 */
export class SharedStore implements LimitStore {
  readonly #options: SharedStoreOptions;
  readonly #share = new LocalShare();
  readonly #link: RedisLink;

  constructor(options: SharedStoreOptions) {
    this.#options = options;
    this.#link = new RedisLink({
      ...options,
      onInstances: (count) => this.#share.divideBy(count),
      onChange: () => options.onChange?.(this.status),
    });
  }

  get status(): SharedStoreStatus {
    const { reason } = this.#link;
    return {
      mode: reason === undefined ? 'shared' : this.#options.whenGone,
      reason,
      instances: this.#share.instances,
    };
  }

  /** Resolves when Redis is in charge for the first time. */
  ready(): Promise<void> {
    return this.#link.ready();
  }

  take(claims: readonly Claim[]): Verdict | Promise<Verdict> {
    if (this.#link.reason !== undefined) return this.#takeAlone(claims);
    const verdict = this.#options.store.take(claims);
    if (!(verdict instanceof Promise)) return verdict;
    return verdict.catch((error: unknown) => {
      // A fault of ours in one key must not admit or refuse differently from a Redis that is gone.
      if (error instanceof RedisUnavailable) {
        const buckets = claims.map(({ bucket }) => bucket);
        this.#link.lose(error.message, buckets);
      }
      return this.#takeAlone(claims);
    });
  }

  async close(): Promise<void> {
    await this.#link.close();
  }

  #takeAlone(claims: readonly Claim[]): Verdict {
    if (this.#options.whenGone === 'open') return UNCOUNTED;
    if (this.#options.whenGone === 'closed') {
      throw new WeirError('UNAVAILABLE', 'The gateway cannot check rate limits at the moment.', {
        retryAfterMs: CLOSED_RETRY_MS,
      });
    }
    const { seen } = this.#options;
    return takeFromTable(seen.table, this.#share.partsOf(claims), seen.now());
  }
}
