import { type DestinationStream, destination } from 'pino';

const STDOUT = 1;

/** What may wait for a slow reader; above it lines are dropped and counted. About 20,000 lines. */
const MAX_WAITING_BYTES = 8 * 1024 * 1024;

export interface LogDestination extends DestinationStream {
  /** Lines that were dropped so far, because nobody read fast enough. */
  readonly dropped: number;
}

/**
 * A file descriptor, written to without waiting: a log that nobody reads must neither stop the event
 * loop nor fill the memory.
 */
export function createLogDestination({
  fd = STDOUT,
  maxWaitingBytes = MAX_WAITING_BYTES,
} = {}): LogDestination {
  const stream = destination({ fd, sync: false, maxLength: maxWaitingBytes });
  let dropped = 0;
  stream.on('drop', () => {
    dropped += 1;
  });
  return {
    write: (line) => void stream.write(line),
    get dropped() {
      return dropped;
    },
  };
}
