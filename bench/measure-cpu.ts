import { coreTimes, LOAD_CORE } from './cores.ts';
import type { Figures } from './figures.ts';
import type { PinnedProcess } from './pinned-process.ts';

/**
 * Runs `load` and says what it cost the process: CPU seconds, the shares of both cores in use, and the share
 * of the time that others kept the process from its core.
 */
export async function measureCpu<T>(
  process: PinnedProcess,
  load: () => Promise<T>,
): Promise<{ result: T; cpuSeconds: number; shares: Figures }> {
  const cpuBefore = process.cpuSeconds();
  const coreBefore = coreTimes(LOAD_CORE);
  const waitedBefore = process.waitedSeconds();
  const began = performance.now();
  const result = await load();
  const seconds = (performance.now() - began) / 1_000;
  const cpuSeconds = process.cpuSeconds() - cpuBefore;
  const coreAfter = coreTimes(LOAD_CORE);
  const loadCore = (coreAfter.busy - coreBefore.busy) / (coreAfter.total - coreBefore.total);
  const waitedForCore = (process.waitedSeconds() - waitedBefore) / seconds;
  const shares = { subjectCore: cpuSeconds / seconds, loadCore, waitedForCore };
  return { result, cpuSeconds, shares };
}
