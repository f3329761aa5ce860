import type { IncomingMessage, ServerResponse } from 'node:http';

/**
 * Closes the connection of a caller who takes nothing of what is ready for him between one look and the next
 * (the "slow read" attack): a page would wait in memory, a file stay open, for as long as he likes. For
 * answers of whatever length, complete or not; the connection is reset, or the system would hold for him
 * what it has.
 */
export function dropStoppedReader(
  { socket }: IncomingMessage,
  response: ServerResponse,
  withinMs: number,
  onDropped: () => void,
): void {
  let takenBefore = -1;
  const timer = setInterval(() => {
    const waiting = socket.writableLength;
    const taken = socket.bytesWritten - waiting;
    // Of several answers on one connection one drops it.
    if (waiting > 0 && taken === takenBefore && !socket.destroyed) {
      onDropped();
      socket.resetAndDestroy();
    }
    takenBefore = taken;
  }, withinMs);
  timer.unref();
  response.once('close', () => clearInterval(timer));
}
