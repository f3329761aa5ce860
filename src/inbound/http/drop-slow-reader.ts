import type { ServerResponse } from 'node:http';

export interface SlowReader {
  readonly response: ServerResponse;
  /** Resets the connection, or the system would hold for him what it has. */
  drop(): void;
}

/**
 * Closes the connection of a caller who does not take an answer that is ready for him (the "slow read"
 * attack: many callers who read a byte at a time hold many answers in memory). To be called when the
 * answer is complete; costs nothing when the system took all of it at once.
 */
export function dropSlowReader(reader: SlowReader, withinMs: number): void {
  const { response } = reader;
  if (response.writableFinished || (response.socket?.writableLength ?? 0) === 0) return;
  const timer = setTimeout(() => reader.drop(), withinMs);
  timer.unref();
  response.once('close', () => clearTimeout(timer));
}
