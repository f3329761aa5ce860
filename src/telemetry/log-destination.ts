import { type DestinationStream, destination } from 'pino';

const STDOUT = 1;

/** What may wait for a slow reader; above it lines are dropped and counted. About 20,000 lines. */
const MAX_WAITING_BYTES = 8 * 1024 * 1024;

/**
 * A write costs a system call in another thread, ten times what a line costs, so lines are gathered until
 * there are this many bytes or this time has passed.
 */
const GATHER_BYTES = 4 * 1024;
const GATHER_MS = 20;

export interface LogDestination extends DestinationStream {
  /** Lines that were dropped so far, because nobody read fast enough. */
  readonly dropped: number;
}

/**
 * A file descriptor, written to without waiting: a log that nobody reads must neither stop the event
 * loop nor fill the memory. What is gathered when the process ends is written by pino's own exit hook.
 */
export function createLogDestination({
  fd = STDOUT,
  maxWaitingBytes = MAX_WAITING_BYTES,
} = {}): LogDestination {
  const stream = destination({
    fd,
    sync: false,
    minLength: GATHER_BYTES,
    maxLength: maxWaitingBytes,
  });
  let dropped = 0;
  stream.on('drop', () => {
    dropped += 1;
  });
  let timer: NodeJS.Timeout | undefined;
  function flush(): void {
    timer = undefined;
    stream.flush();
  }
  return {
    write(line) {
      stream.write(line);
      if (timer === undefined) timer = setTimeout(flush, GATHER_MS).unref();
    },
    get dropped() {
      return dropped;
    },
  };
}
