import { z } from 'zod';
import { duration } from './units.ts';

const level = z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']);

/** What is written to standard output. `SIGUSR2` reads the levels anew while the gateway runs. */
export const logSection = z
  .strictObject({
    level: level.default('info'),
    /** Levels of single parts, where they are to say more or less than the others. */
    modules: z
      .strictObject({
        /** One line for each call. */
        calls: level.optional(),
        upstream: level.optional(),
        auth: level.optional(),
        limits: level.optional(),
        inbound: level.optional(),
      })
      .prefault({}),
    /**
     * Share of successful calls that get their line at `info`; the others get it at `debug`. Failures
     * always get theirs. 1 %, because a line costs about as much as a quarter of a call.
     */
    successes: z.number().min(0, 'expected 0 to 1').max(1, 'expected 0 to 1').default(0.01),
    /** Queries and mutations that take longer get a second line, which says where the time went. */
    slow: duration().prefault('1s'),
    /** `auto` is pretty in a terminal and JSON elsewhere. */
    format: z.enum(['auto', 'pretty', 'json']).default('auto'),
  })
  .prefault({});
