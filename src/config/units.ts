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

/** Timers count 2^31 - 1 ms, which is 24.8 days; what is longer would go off at once. */
const LONGEST_TIMER_MS = parseDurationMs('24d') ?? 0;

/** A duration that a timer measures: what waits for it would wait for ever, or not at all. */
export const pause = () =>
  duration().refine((ms) => ms <= LONGEST_TIMER_MS, 'expected at most "24d"');

/** The same, and above zero, for what is asked again and again or has to be enough for something. */
export const period = () =>
  pause().refine((ms) => ms > 0, 'expected a duration above zero, such as "1s"');

const LONGEST_SPAN_MS = parseDurationMs('3650d') ?? 0;

/** Something that moments are reckoned with and no timer measures. Above zero; ten years are for ever. */
export const span = () =>
  spanOrNone().refine((ms) => ms > 0, 'expected a duration above zero, such as "1s"');

/** The same, where zero says that there is none. */
export const spanOrNone = () =>
  duration().refine((ms) => ms <= LONGEST_SPAN_MS, 'expected at most "3650d"');

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

/** Of two entries that bear one name only one could ever be found. */
export const namedOnce =
  <Key extends string>(key: Key) =>
  (entries: readonly Readonly<Record<Key, string>>[], context: z.RefinementCtx) => {
    const taken = new Set<string>();
    for (const [index, { [key]: name }] of entries.entries()) {
      if (taken.has(name)) {
        const message = 'expected a name that no entry above it has';
        context.addIssue({ code: 'custom', path: [index, key], message });
      }
      taken.add(name);
    }
  };

/** Where the first is above the second, one of them would be overruled without a word. */
export const inOrder = <Least extends string, Most extends string>(least: Least, most: Most) =>
  [
    (section: Readonly<Record<Least | Most, number>>) => section[least] <= section[most],
    `expected \`${least}\` <= \`${most}\``,
  ] as const;
