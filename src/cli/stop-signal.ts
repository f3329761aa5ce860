/**
 * Resolves at the first SIGTERM or SIGINT.
 * @param again what a second one of the same kind does: it ends the process at once, or nothing.
 */
export function stopSignal(again: 'ends' | 'ignored' = 'ends'): Promise<NodeJS.Signals> {
  const listen = again === 'ends' ? 'once' : 'on';
  return new Promise((resolve) => {
    process[listen]('SIGTERM', resolve);
    process[listen]('SIGINT', resolve);
  });
}
