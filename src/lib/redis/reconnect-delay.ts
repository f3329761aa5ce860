/** Gateways count on all being back within a second: see `settleMs` of the limiter's shared store. */
const LONGEST_MS = 500;

/**
 * Milliseconds before the `attempt`th try in a row. Jitter keeps the instances of a deployment from coming
 * back to a restarted server all at once.
 */
export function reconnectDelay(attempt: number): number {
  const ceiling = Math.min(LONGEST_MS, 50 * 2 ** Math.min(attempt, 10));
  return ceiling / 2 + (Math.random() * ceiling) / 2;
}
