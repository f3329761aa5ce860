/** SIGHUP comes when a terminal is closed, and from those who expect a reload: calls finish at least. */
const STOP_SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/**
 * Resolves at the first of them.
 * @param again what a second one of the same kind does: it ends the process at once, or nothing.
 */
export function stopSignal(again: 'ends' | 'ignored' = 'ends'): Promise<NodeJS.Signals> {
  const listen = again === 'ends' ? 'once' : 'on';
  return new Promise((resolve) => {
    for (const signal of STOP_SIGNALS) process[listen](signal, resolve);
  });
}
