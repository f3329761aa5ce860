import cluster from 'node:cluster';
import { createGateway } from '../gateway.ts';
import { UserError } from '../lib/user-error.ts';
import { createLog } from '../telemetry/log.ts';
import { createLogDestination } from '../telemetry/log-destination.ts';
import { ModuleLogs } from '../telemetry/module-logs.ts';
import { configOfWorker } from '../workers/config-of-worker.ts';
import { WorkerLink } from '../workers/worker-link.ts';
import { endAtLast } from './end-at-last.ts';
import { stopSignal } from './stop-signal.ts';

export const WORKER_COMMAND = 'worker';

/** One of the processes of `weir serve`. Everything that it is to be it hears from the primary. */
export async function runWorker(): Promise<void> {
  if (!cluster.isWorker) throw new UserError('Workers are started by `weir serve`.');
  const link = new WorkerLink();
  // Who signals a whole group, as systemd does, reaches a worker twice: itself and by way of the primary.
  const toldToStop = stopSignal('ignored');
  // The primary reads the file for all; by default the signal would end this process.
  process.on('SIGUSR2', () => {});
  const assignment = await link.begin();
  const { number, levels } = assignment;
  const config = configOfWorker(assignment.config, number);
  const destination = createLogDestination({ wholeWrites: true });
  const log = createLog(config.log, destination, { worker: number });
  const logs = new ModuleLogs(log, config.log, destination);
  logs.setLevels(levels);
  try {
    const gateway = await createGateway({
      config,
      logs,
      siblings: link.siblings(assignment, logs),
    });
    const { url } = await gateway.listen().catch(async (error: unknown) => {
      await gateway.close();
      throw error;
    });
    await link.tellServing(url);
    log.debug('serves');
    await toldToStop;
    await gateway.close();
  } catch (error) {
    process.exitCode = error instanceof UserError ? 1 : 2;
    await link.tellFailed(error);
  } finally {
    link.leave();
    endAtLast(log);
  }
}
