import { loadConfig } from '../config/load-config.ts';
import { createGateway } from '../gateway.ts';
import { createLog } from '../telemetry/log.ts';
import { createLogDestination } from '../telemetry/log-destination.ts';
import { ModuleLogs } from '../telemetry/module-logs.ts';

/** `weir serve`: runs until SIGTERM or SIGINT, then finishes running calls and ends with 0. */
export async function serve(configFile: string): Promise<void> {
  const config = loadConfig(configFile);
  const destination = createLogDestination();
  const log = createLog(config.log, destination);
  const logs = new ModuleLogs(log, config.log, destination);
  const gateway = await createGateway({ config, logs });
  process.on('SIGUSR2', () => changeLevels(logs, configFile));
  // Before anyone can read that it is ready, and stop it for that reason.
  const toldToStop = new Promise<NodeJS.Signals>((resolve) => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
  });
  const { url } = await gateway.listen().catch(async (error: unknown) => {
    await gateway.close();
    throw error;
  });
  log.info({ url, trpc: `${url}${config.server.trpcPath}` }, 'listening');
  const signal = await toldToStop;
  log.info({ signal }, 'draining');
  await gateway.close();
  log.info('closed');
}

/** More or fewer lines without a restart; all else that the file says by then waits for one. */
function changeLevels(logs: ModuleLogs, configFile: string): void {
  try {
    const { log } = loadConfig(configFile);
    logs.setLevels(log);
    logs.root.warn({ now: log.level, modules: log.modules }, 'log levels changed');
  } catch (error) {
    logs.root.error({ err: error }, 'the configuration cannot be read; log levels stay');
  }
}
