import type { Config } from '../config/schema.ts';
import type { ModuleLogs } from '../telemetry/module-logs.ts';
import { createPrimary } from '../workers/primary.ts';
import { onLevelsSignal } from './levels-signal.ts';
import { stopSignal } from './stop-signal.ts';
import { WORKER_COMMAND } from './worker.ts';

/** `weir serve` with `server.workers` above one: this process serves nobody and keeps those who do. */
export async function serveWithWorkers(
  config: Config,
  logs: ModuleLogs,
  configFile: string,
): Promise<void> {
  const { root: log } = logs;
  const primary = createPrimary({ config, logs, workerArgs: [WORKER_COMMAND] });
  onLevelsSignal(configFile, logs, (levels) => void primary.setLogLevels(levels));
  const toldToStop = stopSignal();
  const { url } = await primary.start().catch(async (error: unknown) => {
    await primary.close();
    throw error;
  });
  const { workers, trpcPath } = config.server;
  log.info({ url, trpc: `${url}${trpcPath}`, workers }, 'listening');
  const signal = await Promise.race([toldToStop, primary.hopeless]);
  if (signal === undefined) log.error('workers die as often as they are started; giving up');
  log.info({ signal }, 'draining');
  const clean = await primary.close();
  log.info('closed');
  if (!clean || signal === undefined) process.exitCode = 2;
}
