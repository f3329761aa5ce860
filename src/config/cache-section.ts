import { z } from 'zod';
import { byteSize, span, spanOrNone } from './units.ts';

const methodRule = z.union(
  [
    z.literal('off'),
    z.strictObject({
      ttl: span(),
      staleWhileRevalidate: spanOrNone().prefault('0s'),
      staleIfError: spanOrNone().prefault('0s'),
      /** `public`: the answer is the same for everyone. */
      scope: z.enum(['caller', 'public']).default('caller'),
      tags: z.array(z.string().min(1, 'expected a name')).default([]),
    }),
  ],
  'expected off, or {ttl, staleWhileRevalidate, staleIfError, scope, tags}',
);

/** Answers given again. Only methods whose contract (or `methods` here) says how long are cached at all. */
export const cacheSection = z
  .strictObject({
    enabled: z.boolean().default(true),
    /** Answers kept in this process. */
    memory: byteSize().prefault('64MiB'),
    /** Larger answers are not kept. */
    maxAnswer: byteSize().prefault('1MiB'),
    /** Share answers and invalidations through Redis. */
    shared: z.boolean().default(false),
    /** How long a backend's NOT_FOUND is remembered. None by default: what is created should be found. */
    negativeTtl: spanOrNone().prefault('0s'),
    /** By procedure path, in place of the contract's `cache`. Only queries can be cached. */
    methods: z.record(z.string(), methodRule).default({}),
  })
  .prefault({});
