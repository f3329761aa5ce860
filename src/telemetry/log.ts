import { createRequire } from 'node:module';
import { type DestinationStream, type Logger, pino } from 'pino';
import type { Config } from '../config/schema.ts';
import { createLogDestination } from './log-destination.ts';
import { redact } from './redaction.ts';

export type Log = Logger;

/**
 * Structured lines on standard output; readable ones where a person watches.
 * @param to where JSON lines go.
 * @param base what every line says.
 */
export function createLog(
  config: Pick<Config['log'], 'level' | 'format'>,
  to: DestinationStream = createLogDestination(),
  base: Readonly<Record<string, unknown>> | null = null,
): Log {
  const pretty =
    config.format === 'pretty' || (config.format === 'auto' && process.stdout.isTTY === true);
  const options = {
    level: config.level,
    base: base && { ...base },
    formatters: {
      level: (level: string) => ({ level }),
      log: (fields: Record<string, unknown>) => redact(fields),
    },
    timestamp: pino.stdTimeFunctions.isoTime,
  };
  if (!pretty || !hasPinoPretty()) return pino(options, to);
  return pino({
    ...options,
    transport: { target: 'pino-pretty', options: { translateTime: 'HH:MM:ss.l' } },
  });
}

/** It comes with development only. */
function hasPinoPretty(): boolean {
  try {
    createRequire(import.meta.url).resolve('pino-pretty');
    return true;
  } catch {
    return false;
  }
}
