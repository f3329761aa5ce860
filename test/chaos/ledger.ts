import type { Outcome } from './outcome.ts';

/**
 * What is wrong between what callers were told of their orders and what the backends executed, one sentence
 * for each order; none if all is well.
 * @param executed order ids, once for each execution
 */
export function faultsOfOrders(
  outcomes: readonly Outcome[],
  executed: readonly string[],
): readonly string[] {
  const times = new Map<string, number>();
  for (const id of executed) times.set(id, (times.get(id) ?? 0) + 1);
  return outcomes.flatMap(({ kind, orderId, ending, error }) => {
    if (kind !== 'order') return [];
    const count = times.get(orderId) ?? 0;
    if (count > 1) return [`executed ${count} times, told ${ending}`];
    if (count === 1 && ending === 'refused') return [`executed, told ${error}`];
    if (count === 0 && ending === 'ok') return ['told ok, never executed'];
    return [];
  });
}
