import { loadConfig } from '../config/load-config.ts';
import { createGateway } from '../gateway.ts';
import { createLog } from '../telemetry/log.ts';
import { createLogDestination } from '../telemetry/log-destination.ts';
import { ModuleLogs } from '../telemetry/module-logs.ts';
import { endAtLast } from './end-at-last.ts';
import { onLevelsSignal } from './levels-signal.ts';
import { serveWithWorkers } from './serve-with-workers.ts';
import { stopSignal } from './stop-signal.ts';

/** `weir serve`: runs until SIGTERM, SIGINT or SIGHUP, then finishes running calls and ends with 0. */
export async function serve(configFile: string): Promise<void> {
  const config = loadConfig(configFile);
  const destination = createLogDestination();
  const log = createLog(config.log, destination);
  const logs = new ModuleLogs(log, config.log, destination);
  if (config.server.workers > 1) {
    await serveWithWorkers(config, logs, configFile);
    return;
  }
  const gateway = await createGateway({ config, logs });
  onLevelsSignal(configFile, logs, (levels) => logs.setLevels(levels));
  // Before anyone can read that it is ready, and stop it for that reason.
  const toldToStop = stopSignal();
  const { url } = await gateway.listen().catch(async (error: unknown) => {
    await gateway.close();
    throw error;
  });
  log.info({ url, trpc: `${url}${config.server.trpcPath}` }, 'listening');
  const signal = await toldToStop;
  log.info({ signal }, 'draining');
  await gateway.close();
  log.info('closed');
  endAtLast(log);
}
