import { LOAD_CORE } from './cores.ts';
import { PinnedProcess } from './pinned-process.ts';
import { accepts } from './ports.ts';
import type { Scenario } from './scenario.ts';

/** Weir is configured before a free port could be found, so this one is fixed. */
const PORT = 16_379;

/** The section `redis` of a `weir.yaml` that uses the server of {@link besideRedis}. */
export const REDIS_CONFIG = { urls: [`redis://127.0.0.1:${PORT}`], timeout: '250ms' };

let server: PinnedProcess | undefined;

/** The same scenario with a Redis on the load core, started once and ended with the bench. */
export function besideRedis(scenario: Scenario): Scenario {
  return {
    ...scenario,
    async getReady(running, timing) {
      await startRedis();
      if (running.subject.name === 'weir') await waitUntilShared(running.port);
      await scenario.getReady(running, timing);
    },
  };
}

async function startRedis(): Promise<void> {
  if (server !== undefined && !server.gone) return;
  const args = ['--port', String(PORT), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  server = new PinnedProcess({ program: 'redis-server', args }, LOAD_CORE);
  while (!(await accepts(PORT))) {
    if (server.gone) throw new Error(`redis-server has ended:\n${server.log}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** What is measured before all limits are kept in Redis would be another limiter. */
async function waitUntilShared(port: number): Promise<void> {
  const impatience = AbortSignal.timeout(15_000);
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${port}/health`, { signal: impatience });
    const health: unknown = await answer.json();
    if (JSON.stringify(health).includes('"mode":"shared"')) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
