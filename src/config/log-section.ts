import { z } from 'zod';
import { duration } from './units.ts';

/** The parts of the gateway that have a level of their own. `calls` writes a line for each call. */
export const LOG_MODULES = ['calls', 'upstream', 'auth', 'limits', 'inbound'] as const;
export type LogModule = (typeof LOG_MODULES)[number];

/** One thing for each part. */
export function forModules<T>(of: (module: LogModule) => T): Record<LogModule, T> {
  return {
    calls: of('calls'),
    upstream: of('upstream'),
    auth: of('auth'),
    limits: of('limits'),
    inbound: of('inbound'),
  };
}

const level = z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']);

export type LogLevel = z.output<typeof level>;

/** What an operator changes while the gateway runs; null takes a module's own level away. */
export const logLevelChange = z.strictObject({
  level: level.optional(),
  modules: z.strictObject(forModules(() => level.nullable().optional())).default({}),
});
export type LogLevelChange = z.output<typeof logLevelChange>;

/** What is written to standard output. `SIGUSR2` reads the levels anew while the gateway runs. */
export const logSection = z
  .strictObject({
    level: level.default('info'),
    /** Levels of single parts, where they are to say more or less than the others. */
    modules: z.strictObject(forModules(() => level.optional())).prefault({}),
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

/** The common level, and those of the modules that have their own. */
export type LogLevelSettings = Pick<z.output<typeof logSection>, 'level' | 'modules'>;
