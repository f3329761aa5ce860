import { parseArgs } from 'node:util';
import type { Timing } from './scenario.ts';

export interface Options {
  readonly timing: Timing;
  readonly quick: boolean;
  /** File for the JSON report. */
  readonly json: string | undefined;
  /** Whether the table goes into `bench/README.md`. */
  readonly readme: boolean;
  /** Names of scenarios and subjects; empty: all. */
  readonly scenarios: readonly string[];
  readonly subjects: readonly string[];
}

const FULL: Timing = { rounds: 5, warmUpSeconds: 3, seconds: 2 };
const QUICK: Timing = { rounds: 1, warmUpSeconds: 1, seconds: 1 };

export const USAGE = `npm run bench -- [options]

  --quick              one short round, without the slow scenarios: under three minutes
  --only a,b           these scenarios only
  --subjects a,b       these subjects only
  --rounds N           default 5, with --quick 1
  --seconds N          of each measurement; default 2, with --quick 1
  --json FILE          write the report as JSON too
  --readme             write the table into bench/README.md
`;

/** Throws with a message for people when the arguments make no sense. */
export function parseOptions(args: readonly string[]): Options | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string', default: '' },
      subjects: { type: 'string', default: '' },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      json: { type: 'string' },
      readme: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return 'help';
  const timing = values.quick ? QUICK : FULL;
  return {
    quick: values.quick,
    timing: {
      rounds: toCount('rounds', values.rounds, timing.rounds),
      warmUpSeconds: timing.warmUpSeconds,
      seconds: toCount('seconds', values.seconds, timing.seconds),
    },
    json: values.json,
    readme: values.readme,
    scenarios: toNames(values.only),
    subjects: toNames(values.subjects),
  };
}

/** Those of `all` that are named, or all when none is; a name that fits nothing is an error. */
export function select<T extends { readonly name: string }>(
  what: string,
  all: readonly T[],
  names: readonly string[],
): readonly T[] {
  const known = all.map(({ name }) => name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new Error(`There is no ${what} "${unknown}"; there are: ${known.join(', ')}.`);
  }
  return names.length === 0 ? all : all.filter(({ name }) => names.includes(name));
}

const toNames = (list: string) => list.split(',').filter((name) => name !== '');

function toCount(option: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) {
    throw new Error(`--${option} wants a whole number from 1, not "${text}".`);
  }
  return count;
}
