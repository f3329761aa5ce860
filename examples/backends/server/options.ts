import { parseArgs } from 'node:util';

export interface BackendOptions {
  /** 0 lets the system choose. */
  readonly port: number;
  readonly host: string;
  /** Same seed and same time, same market: in every process. */
  readonly seed: number;
  /** How often the liveliest instruments change, in milliseconds. */
  readonly stepMs: number;
  /** Whether every call is reported on standard output. */
  readonly report: boolean;
}

const USAGE = `Options:
  --port N      listen there; 0, the default, lets the system choose
  --host ADDR   default 127.0.0.1
  --seed N      of the random walk, default 1
  --step-ms N   time between two changes of the liveliest instruments, default 250
  --report      write what happens to each call as lines of JSON`;

/** @throws Error with the usage, when an argument is wrong. */
export function parseOptions(args: readonly string[]): BackendOptions {
  const { values } = parse(args);
  return {
    port: toCount('--port', values.port, 0, 65_535),
    host: values.host,
    seed: toCount('--seed', values.seed, 0, 2 ** 32 - 1),
    stepMs: toCount('--step-ms', values['step-ms'], 10, 60_000),
    report: values.report,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        port: { type: 'string', default: '0' },
        host: { type: 'string', default: '127.0.0.1' },
        seed: { type: 'string', default: '1' },
        'step-ms': { type: 'string', default: '250' },
        report: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : error}\n${USAGE}`);
  }
}

function toCount(name: string, text: string, least: number, most: number): number {
  const count = Number(text);
  if (!/^\d+$/.test(text) || count < least || count > most) {
    throw new Error(`${name} ${text}: expected a whole number from ${least} to ${most}\n${USAGE}`);
  }
  return count;
}
