import { TICKS_PER_MS } from './ticks.ts';

/** Whose calls a limit counts together; also the name under which it refuses. */
export type LimitScope = 'caller' | 'callerMethod' | 'method' | 'gateway' | 'quota';

/** A limit, worked out once when the contract or the configuration is read. */
export interface Limit {
  /** Unique in the gateway and equal in all its instances, for example `method:market.v1.quoteService.getQuote`. */
  readonly id: string;
  readonly scope: LimitScope;
  /** Ticks that one token takes to come back (the emission interval of GCRA). */
  readonly interval: number;
  /** Tokens there are when nobody has called. */
  readonly burst: number;
  /**
   * 0 for a rate, whose tokens come back one by one; for a quota the length of its window in ticks:
   * all tokens come back when the next window begins, in UTC.
   */
  readonly window: number;
}

export interface Rate {
  readonly requests: number;
  readonly perMs: number;
  readonly burst: number;
}

/** At most `rate.requests` in each `rate.perMs` over time, and `rate.burst` at once. */
export function createRateLimit(id: string, scope: LimitScope, rate: Rate): Limit {
  // Rounded up, so that whole ticks never allow more than was asked for.
  const interval = Math.ceil((rate.perMs * TICKS_PER_MS) / rate.requests);
  return { id, scope, interval, burst: rate.burst, window: 0 };
}

/** At most `amount` in each window of `windowMs` (a day, an hour) that begins at a multiple of it in UTC. */
export function createQuota(id: string, amount: number, windowMs: number): Limit {
  const window = windowMs * TICKS_PER_MS;
  // Rounded down, so that what is used up in one window never reaches into the next.
  return { id, scope: 'quota', interval: Math.floor(window / amount), burst: amount, window };
}

/** The time an empty bucket takes to fill, in ticks. */
export function fillTime(limit: Limit): number {
  return limit.interval * limit.burst;
}
