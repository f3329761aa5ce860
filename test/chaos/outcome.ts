/** How one call ended for its caller. */
export interface Outcome {
  readonly kind: 'read' | 'order';
  /** For orders. */
  readonly orderId: string;
  /** Milliseconds since the Unix epoch. */
  readonly sentAt: number;
  readonly tookMs: number;
  /**
   * `refused` is every error but the one that says that the order may have been executed
   * (src/upstream/outcome-unknown.ts).
   */
  readonly ending: 'ok' | 'refused' | 'unknown';
  /** The gRPC code of an error, with its message; empty for `ok`. */
  readonly error: string;
}

/** Those that were sent from `since` to before `until`. */
export function sentWithin(
  outcomes: readonly Outcome[],
  kind: Outcome['kind'],
  since: number,
  until = Number.POSITIVE_INFINITY,
): readonly Outcome[] {
  return outcomes.filter(
    (each) => each.kind === kind && each.sentAt >= since && each.sentAt < until,
  );
}

/** The share that succeeded, 0 to 1. NaN for none at all, which satisfies no bound. */
export function successShare(outcomes: readonly Outcome[]): number {
  return outcomes.filter(({ ending }) => ending === 'ok').length / outcomes.length;
}

/** @param quantile 0 to 1 */
export function quantileMs(outcomes: readonly Outcome[], quantile: number): number {
  const sorted = outcomes.map(({ tookMs }) => tookMs).sort((left, right) => left - right);
  return sorted[Math.ceil(sorted.length * quantile) - 1] ?? Number.NaN;
}
