import type { ServerResponse } from 'node:http';

/**
 * Closes the connection of a caller who does not take an answer that is ready for him (the "slow read"
 * attack: many callers who read a byte at a time hold many answers in memory). To be called when the
 * answer is complete; costs nothing when the system took all of it at once. The connection is reset, or
 * the system would hold the rest for him still.
 */
export function dropSlowReader(response: ServerResponse, withinMs: number): void {
  if (response.writableFinished || (response.socket?.writableLength ?? 0) === 0) return;
  const timer = setTimeout(() => response.socket?.resetAndDestroy(), withinMs);
  timer.unref();
  response.once('close', () => clearTimeout(timer));
}
