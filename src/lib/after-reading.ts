/**
 * A time-out for what comes over a socket: when the time is up, what already came is read before the task
 * runs. Node runs its timers before it looks at its sockets again, so after the event loop stood still every
 * time-out would be found over while the answers lie there unread.
 *
 * @returns what takes the task back
 */
export function afterReading(delayMs: number, task: () => void): () => void {
  let turn: NodeJS.Immediate | undefined;
  let timer: NodeJS.Timeout | undefined = setTimeout(() => {
    turn = setImmediate(task);
  }, delayMs).unref();
  return () => {
    clearTimeout(timer);
    clearImmediate(turn);
    // Whoever keeps this longer keeps neither.
    timer = undefined;
    turn = undefined;
  };
}
