import { z } from 'zod';
import { parseByteSize } from '../lib/byte-size.ts';
import { parseDurationMs } from '../lib/duration.ts';

/** Text with a unit in the file, milliseconds in the program. */
export const duration = () =>
  z
    .string('expected a duration with a unit, such as "250ms", "2s" or "5m"')
    .transform((text, context) => {
      const ms = parseDurationMs(text);
      if (ms !== undefined) return ms;
      context.addIssue('expected a duration with a unit, such as "250ms", "2s" or "5m"');
      return z.NEVER;
    });

/** Text with a unit in the file, bytes in the program. */
export const byteSize = () =>
  z
    .string('expected a size with a unit, such as "512B", "64KiB" or "1MiB"')
    .transform((text, context) => {
      const bytes = parseByteSize(text);
      if (bytes !== undefined) return bytes;
      context.addIssue('expected a size with a unit, such as "512B", "64KiB" or "1MiB"');
      return z.NEVER;
    });

export const count = () => z.int('expected a whole number').positive('expected a number above 0');

export const headerName = z
  .string()
  .regex(/^[a-z0-9!#$%&'*+.^_`|~-]+$/, 'expected a header name in lower case, such as "x-tenant"');
