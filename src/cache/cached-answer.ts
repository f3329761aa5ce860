import type { WeirError } from '../errors.ts';

/** How long an answer is good for, from the contract and the configuration. All in milliseconds. */
export interface CacheTerms {
  readonly ttlMs: number;
  /** After its `ttlMs` an answer is still given for this long, while a new one is fetched behind it. */
  readonly staleWhileRevalidateMs: number;
  /** After its `ttlMs` an answer is still given for this long when no new one can be had. */
  readonly staleIfErrorMs: number;
  /** How long a backend's NOT_FOUND is remembered; 0 for not at all. */
  readonly negativeTtlMs: number;
}

/**
 * What a backend answered, with the moments (milliseconds of the Unix epoch, so that gateways can share
 * it; their clocks should agree to well below a ttl) until which it may be given.
 */
export interface CachedAnswer {
  /** ProtoJSON text, exactly as it goes out. */
  readonly json: string;
  /** A refusal to be thrown in place of the text; such answers stay in memory. */
  readonly error?: WeirError;
  readonly storedAt: number;
  readonly freshUntil: number;
  readonly revalidateUntil: number;
  readonly ifErrorUntil: number;
}

/** Up to a tenth of the ttl is taken off, so that answers stored together do not expire together. */
const JITTER = 0.1;

export function createCachedAnswer(json: string, terms: CacheTerms, now: number): CachedAnswer {
  const freshUntil = now + terms.ttlMs * (1 - Math.random() * JITTER);
  return {
    json,
    storedAt: now,
    freshUntil,
    revalidateUntil: freshUntil + terms.staleWhileRevalidateMs,
    ifErrorUntil: freshUntil + terms.staleIfErrorMs,
  };
}

export function createNegativeAnswer(error: WeirError, ttlMs: number, now: number): CachedAnswer {
  const until = now + ttlMs;
  return {
    json: '',
    error,
    storedAt: now,
    freshUntil: until,
    revalidateUntil: until,
    ifErrorUntil: until,
  };
}

/** From when on the answer is of no use to anyone. */
export function uselessAfter(answer: CachedAnswer): number {
  return Math.max(answer.revalidateUntil, answer.ifErrorUntil);
}
