import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Child } from '../support/child.ts';

/** What a process holds. */
export interface Resources {
  /** Files, sockets, pipes (proc(5)). */
  readonly descriptors: number;
  readonly sockets: number;
  /** Those that keep no process alive as well. */
  readonly timers: number;
  readonly heapBytes: number;
}

/** The environment of a process that can be asked what it holds. */
export const REPORTING = {
  NODE_OPTIONS: `--import ${pathToFileURL(join(import.meta.dirname, 'report-resources.ts'))}`,
};

/** Asks after collecting garbage. */
export async function readResources(child: Child): Promise<Resources> {
  const isReport = ({ msg }: { readonly msg?: unknown }) => msg === 'resources';
  const count = child.lines.filter(isReport).length + 1;
  child.signal('SIGWINCH');
  const report = await child.waitFor(
    'what it holds',
    (line) => isReport(line) && line.count === count,
  );
  return {
    descriptors: readdirSync(`/proc/${child.pid}/fd`).length,
    sockets: Number(report.sockets),
    timers: Number(report.timers),
    heapBytes: Number(report.heapBytes),
  };
}
