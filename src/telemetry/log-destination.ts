import { type DestinationStream, destination } from 'pino';

const STDOUT = 1;

/** What may wait for a slow reader; above it lines are dropped and counted. About 20,000 lines. */
const MAX_WAITING_BYTES = 8 * 1024 * 1024;

/**
 * A write costs a system call in another thread, ten times what a line costs, so lines are gathered until
 * there is this much or this time has passed.
 */
const GATHERED_LENGTH = 4 * 1024;
const GATHER_MS = 20;

export interface LogDestination extends DestinationStream {
  /** Lines that were dropped so far, because nobody read fast enough. */
  readonly dropped: number;
}

/**
 * A file descriptor, written to without waiting: a log that nobody reads must neither stop the event
 * loop nor fill the memory. What is gathered when the process ends is still written.
 */
export function createLogDestination({
  fd = STDOUT,
  maxWaitingBytes = MAX_WAITING_BYTES,
} = {}): LogDestination {
  const stream = destination({ fd, sync: false, maxLength: maxWaitingBytes });
  let gathered = '';
  let lines = 0;
  let dropped = 0;
  let timer: NodeJS.Timeout | undefined;
  // Told while the lines that do not fit are handed over.
  stream.on('drop', () => {
    dropped += lines;
  });

  function handOver(): void {
    clearTimeout(timer);
    timer = undefined;
    if (lines === 0) return;
    stream.write(gathered);
    gathered = '';
    lines = 0;
  }
  // Before pino's own hooks, which write what was handed over.
  process.prependListener('beforeExit', handOver);
  process.prependListener('exit', handOver);

  return {
    write(line) {
      gathered += line;
      lines++;
      if (gathered.length >= GATHERED_LENGTH) handOver();
      else if (timer === undefined) timer = setTimeout(handOver, GATHER_MS).unref();
    },
    get dropped() {
      return dropped;
    },
  };
}
