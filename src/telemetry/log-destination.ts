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

/** What several processes may write to one pipe without tearing each other's lines: Linux's `PIPE_BUF`. */
const WHOLE_WRITE_BYTES = 4 * 1024;

export interface LogDestination extends DestinationStream {
  /** Lines that were dropped so far, because nobody read fast enough. */
  readonly dropped: number;
}

/**
 * A file descriptor, written to without waiting: a log that nobody reads must neither stop the event
 * loop nor fill the memory. What is gathered when the process ends is still written. With `wholeWrites`
 * other processes may write there as well: only a line above 4 KiB can be torn.
 */
export function createLogDestination({
  fd = STDOUT,
  maxWaitingBytes = MAX_WAITING_BYTES,
  wholeWrites = false,
} = {}): LogDestination {
  const stream = destination({
    fd,
    sync: false,
    maxLength: maxWaitingBytes,
    ...(wholeWrites ? { maxWrite: WHOLE_WRITE_BYTES } : {}),
  });
  let gathered = '';
  let gatheredBytes = 0;
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
    gatheredBytes = 0;
    lines = 0;
  }
  // Before pino's own hooks, which write what was handed over.
  process.prependListener('beforeExit', handOver);
  process.prependListener('exit', handOver);

  return {
    write(line) {
      if (wholeWrites) {
        const bytes = Buffer.byteLength(line);
        if (gatheredBytes + bytes > WHOLE_WRITE_BYTES) handOver();
        gatheredBytes += bytes;
      }
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
