import { createRequire } from 'node:module';
import { type Logger, pino } from 'pino';
import type { Config } from '../config/schema.ts';

export type Log = Logger;

/** Never written, wherever they stand in a line. */
const SECRETS = ['authorization', 'cookie', 'set-cookie', 'password', 'token'].flatMap((name) => [
  `["${name}"]`,
  `*["${name}"]`,
  `headers["${name}"]`,
]);

/** Structured lines on standard output; readable ones where a person watches. */
export function createLog(config: Config['log']): Log {
  const pretty =
    config.format === 'pretty' || (config.format === 'auto' && process.stdout.isTTY === true);
  const options = {
    level: config.level,
    base: null,
    formatters: { level: (level: string) => ({ level }) },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: SECRETS, censor: '[redacted]' },
  };
  if (!pretty || !hasPinoPretty()) return pino(options);
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
