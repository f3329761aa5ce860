import { loadConfig } from '../config/load-config.ts';
import { createGateway } from '../gateway.ts';
import { createLog } from '../telemetry/log.ts';

/** `weir serve`: runs until SIGTERM or SIGINT, then finishes running calls and ends with 0. */
export async function serve(configFile: string): Promise<void> {
  const config = loadConfig(configFile);
  const log = createLog(config.log);
  const gateway = await createGateway({ config, log });
  // Before anyone can read that it is ready, and stop it for that reason.
  const toldToStop = new Promise<NodeJS.Signals>((resolve) => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
  });
  const { url } = await gateway.listen();
  log.info({ url, trpc: `${url}${config.server.trpcPath}` }, 'listening');
  const signal = await toldToStop;
  log.info({ signal }, 'draining');
  await gateway.close();
  log.info('closed');
}
