import { readFileSync } from 'node:fs';

/** The subject has this core to itself. */
export const SUBJECT_CORE = 0;
/** The load generator and the backend share this one. */
export const LOAD_CORE = 1;

/** Seconds that a core has been busy, and seconds in all, since the machine started. */
export function coreTimes(core: number): { busy: number; total: number } {
  const line = readFileSync('/proc/stat', 'utf8')
    .split('\n')
    .find((each) => each.startsWith(`cpu${core} `));
  // proc(5): user nice system idle iowait irq softirq steal, in clock ticks of 10 ms.
  const ticks = (line ?? '').split(/\s+/).slice(1, 9).map(Number);
  const total = ticks.reduce((sum, each) => sum + each, 0);
  const [, , , idle = 0, waiting = 0] = ticks;
  return { busy: (total - idle - waiting) / 100, total: total / 100 };
}
