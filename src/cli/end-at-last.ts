import type { Log } from '../telemetry/log.ts';

/** From the moment when everything is closed. */
const WITHIN_MS = 3_000;
/** For the line that tells of it. */
const WRITE_MS = 200;

/**
 * Has the process end, everything being closed. A write to a disk that hangs keeps a thread of Node's pool, and
 * neither the end of the event loop nor `process.exit` comes before that thread's.
 */
export function endAtLast(log: Pick<Log, 'error'>): void {
  // Whoever ends by himself does not wait for these.
  setTimeout(() => {
    log.error('something that does not answer, such as a disk, keeps the process; it is killed');
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), WRITE_MS).unref();
  }, WITHIN_MS).unref();
}
