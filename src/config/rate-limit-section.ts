import { z } from 'zod';
import { count, span } from './units.ts';

/** Whose calls are counted together. `default`: the subject of callers with a credential, else the address. */
const keyPart = z.enum(['default', 'subject', 'ip', 'apiKey', 'tenant']);

const key = z
  .union([keyPart, z.array(keyPart).min(1, 'expected at least one part')])
  .transform((parts) => (Array.isArray(parts) ? parts : [parts]))
  .prefault('default');

const rate = {
  requests: count(),
  per: span(),
  /** Calls that may come at once; default: `requests`. */
  burst: count().optional(),
};

const quota = z.strictObject({
  /** Tokens in each window; a call takes its method's cost. */
  amount: count(),
  /** The window begins at multiples of itself in UTC: `24h` at midnight. */
  per: span().prefault('24h'),
  key,
});

const methodRule = z.union(
  [
    z.literal('off'),
    z.strictObject({
      ...rate,
      key,
      /** What one call takes from every limit that it falls under. */
      cost: count().default(1),
      /** What each message of its streams takes from this limit; 0 counts the call alone. */
      messageCost: z.int().min(0, 'expected 0 or more').default(0),
    }),
  ],
  'expected off, or {requests, per, burst, key, cost}',
);

const concurrency = z
  .strictObject({
    /** Unary calls between request and answer. */
    calls: count().default(1_000),
    /** As many as the whole gateway: behind one address there may be a whole site. */
    streams: count().default(20_000),
    /** Counted by address, since a socket is open before anybody has said who calls. */
    sockets: count().default(20_000),
  })
  .prefault({});

/** What callers may cost. Contracts give the limits of single methods; these are the wider ones. */
export const rateLimitSection = z
  .strictObject({
    /**
     * `memory`: each gateway counts for itself. `redis`: all count together, exactly, a round trip for
     * each call. `leased`: together, with slices of tokens taken ahead, so that busy keys cost no round trip.
     */
    store: z.enum(['memory', 'redis', 'leased']).default('memory'),
    /** `local`: each gateway enforces its part of every limit; `open` admits all, `closed` refuses all. */
    whenRedisGone: z.enum(['local', 'open', 'closed']).default('local'),
    /** The largest part of a burst that one gateway may hold as a lease. */
    leaseShare: z.number().gt(0, 'expected above 0').max(1, 'expected at most 1').default(0.1),
    /** Buckets remembered in this process, at about 200 bytes each. */
    maxBuckets: count().default(100_000),
    /**
     * When answers carry the `RateLimit` fields; a refusal always does. `low`: from when half of the
     * burst is gone, so that callers far from their limits do not pay for two headers on each answer.
     */
    headers: z.enum(['always', 'low', 'never']).default('low'),
    /** The claim of a token that names its tenant, for the key `tenant`. */
    tenantClaim: z.string().default('tenant'),
    /** All calls of one caller together. */
    caller: z.strictObject({ ...rate, key }).optional(),
    /** All callers of one method together, for each method. */
    method: z.strictObject(rate).optional(),
    /** Everything together. */
    gateway: z.strictObject(rate).optional(),
    quotas: z.array(quota).default([]),
    /** By procedure path, in place of the contract's `rate_limit`. */
    methods: z.record(z.string(), methodRule).default({}),
    /** What one caller may hold at the same time, in this process. */
    concurrency,
  })
  .prefault({});
