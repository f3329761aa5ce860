/**
 * Whether another line may be written: what strangers cause costs them nothing, so above a number a second it
 * is for the metrics alone to tell of.
 * @param now milliseconds on a clock that never goes back.
 */
export function createLineBudget(
  linesPerSecond: number,
  now: () => number = () => performance.now(),
): () => boolean {
  let second = 0;
  let lines = 0;
  return function mayWrite() {
    const current = Math.floor(now() / 1_000);
    if (current !== second) {
      second = current;
      lines = 0;
    }
    lines += 1;
    return lines <= linesPerSecond;
  };
}
