/** Something that gathers output and wants to hand it to the kernel once per turn of the event loop. */
export interface Flushable {
  flush(): void;
}

let dirty: Flushable[] = [];

/**
 * Flushes after the I/O callbacks of this turn have run. One system call then carries every frame of the
 * turn, and one immediate serves all sockets. The caller asks once per flush.
 */
export function flushAfterTick(flushable: Flushable): void {
  if (dirty.push(flushable) === 1) setImmediate(flushAll);
}

function flushAll(): void {
  const flushables = dirty;
  dirty = [];
  for (const flushable of flushables) flushable.flush();
}
