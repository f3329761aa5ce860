import { setTimeout as sleep } from 'node:timers/promises';
import type { Child } from '../support/child.ts';
import { type Resources, readResources } from './process-resources.ts';

/** Longer than `drain`, within which endpoints that were taken away are done. */
const PATIENCE_MS = 40_000;

/** Objects, not descriptors: of each endpoint the last connection that was lost may still be remembered. */
const MORE_SOCKETS = 3;

/** Some exist only once something was called for the first time; in a run of forty faults nine. */
const MORE_TIMERS = 15;

/** What is compiled and counted once it was called for the first time; after a minute 2.5 MB, after forty faults too. */
const MORE_HEAP_BYTES = 8 * 2 ** 20;

/** What a process holds in the end that it did not in the beginning, one sentence each; none if it is back where it was. */
export async function leftOvers(child: Child, before: Resources): Promise<readonly string[]> {
  let now = await readResources(child);
  for (const until = Date.now() + PATIENCE_MS; Date.now() < until; await sleep(1_000)) {
    if (compare(before, now).length === 0) break;
    now = await readResources(child);
  }
  console.log(`held before ${JSON.stringify(before)}, in the end ${JSON.stringify(now)}`);
  return compare(before, now);
}

function compare(before: Resources, now: Resources): readonly string[] {
  const allowed: Resources = {
    descriptors: before.descriptors,
    sockets: before.sockets + MORE_SOCKETS,
    timers: before.timers + MORE_TIMERS,
    heapBytes: before.heapBytes + MORE_HEAP_BYTES,
  };
  return (['descriptors', 'sockets', 'timers', 'heapBytes'] as const)
    .filter((what) => now[what] > allowed[what])
    .map((what) => `${now[what]} ${what} are left of ${before[what]}`);
}
