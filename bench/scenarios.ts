import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Scenario } from './scenario.ts';

/** In the order of the table; a scenario that is not named here comes after these, by its name. */
const ORDER = [
  'unary-small',
  'unary-at-10000',
  'unary-at-20000',
  'unary-large',
  'batch-10',
  'mutation',
  'server-stream',
  'server-stream-100',
  'idle-latency',
  'unary-traced-1',
  'unary-traced-100',
  'unary-auth',
  'unary-limited',
  'unary-limited-redis',
  'unary-limited-leased',
  'unary-cached',
  'front-only',
  'front-only-batch-10',
  'ws-subscribers',
  'ws-10000',
  'million-calls',
];

/** Every scenario of the folder `scenarios/`. */
export async function loadScenarios(): Promise<Scenario[]> {
  const directory = join(import.meta.dirname, 'scenarios');
  const files = readdirSync(directory).filter((file) => file.endsWith('.ts'));
  const modules = await Promise.all(
    files.map((file): Promise<{ default: Scenario }> => import(join(directory, file))),
  );
  return modules.map((each) => each.default).sort((a, b) => place(a) - place(b));
}

function place({ name }: Scenario): number {
  const index = ORDER.indexOf(name);
  return index === -1 ? ORDER.length : index;
}
