import { loadConfig } from '../config/load-config.ts';
import type { LogLevelSettings } from '../config/log-section.ts';
import type { ModuleLogs } from '../telemetry/module-logs.ts';

/**
 * `SIGUSR2`: more or fewer lines without a restart, as the file says by then; all else that it says waits
 * for one.
 */
export function onLevelsSignal(
  configFile: string,
  logs: ModuleLogs,
  apply: (levels: LogLevelSettings) => void,
): void {
  process.on('SIGUSR2', () => {
    try {
      const { log } = loadConfig(configFile);
      apply(log);
      logs.root.warn({ now: log.level, modules: log.modules }, 'log levels changed');
    } catch (error) {
      logs.root.error({ err: error }, 'the configuration cannot be read; log levels stay');
    }
  });
}
