import { join } from 'node:path';
import { LOAD_CORE } from './cores.ts';
import { PinnedProcess } from './pinned-process.ts';
import { BENCH } from './places.ts';
import { accepts } from './ports.ts';
import type { Scenario } from './scenario.ts';

/** Weir is configured before a free port could be found, so this one is fixed. */
const PORT = 14_318;

/** The setting `telemetry.traces.url` for the collector of {@link besideCollector}. */
export const COLLECTOR_URL = `http://127.0.0.1:${PORT}/v1/traces`;

let collector: PinnedProcess | undefined;

/** The same scenario with a collector on the load core, started once and ended with the bench. */
export function besideCollector(scenario: Scenario): Scenario {
  return {
    ...scenario,
    async getReady(running, timing) {
      await startCollector();
      await scenario.getReady(running, timing);
    },
  };
}

async function startCollector(): Promise<void> {
  if (collector !== undefined && !collector.gone) return;
  const args = [join(BENCH, 'collector.ts')];
  const command = { program: process.execPath, args, env: { PORT: String(PORT) } };
  collector = new PinnedProcess(command, LOAD_CORE);
  while (!(await accepts(PORT))) {
    if (collector.gone) throw new Error(`The collector has ended:\n${collector.log}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
