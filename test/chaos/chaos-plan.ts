import type { Fault } from './fault.ts';
import type { Strike } from './trial.ts';

/** Which faults strike together: each with the next of the list, or each with each. */
export type Pairs = 'none' | 'neighbours' | 'all';

/** Each fault on the next member, so that none is struck while it warms up. */
export function singleStrikes(faults: readonly Fault[]): readonly (readonly Strike[])[] {
  return faults.map((fault, index) => [{ fault, index: index % 3 }]);
}

export function strikesOnAll(faults: readonly Fault[]): readonly (readonly Strike[])[] {
  return faults.map((fault) => [0, 1, 2].map((index) => ({ fault, index })));
}

/** Of two members that are not the last pair's, as far as three allow it. */
export function pairedStrikes(
  faults: readonly Fault[],
  pairs: Pairs,
): readonly (readonly Strike[])[] {
  return pairsOf(faults, pairs).map(([one, other], index) => [
    { fault: one, index: index % 3 },
    { fault: other, index: (index + 1) % 3 },
  ]);
}

function pairsOf(faults: readonly Fault[], pairs: Pairs): readonly (readonly [Fault, Fault])[] {
  const isPair = (one: number, other: number) =>
    pairs === 'all' ? other > one : other === (one + 1) % faults.length && other !== one;
  if (pairs === 'none') return [];
  return faults.flatMap((one, at) =>
    faults
      .filter(
        (other, index) =>
          isPair(at, index) && !(one.names === 'missing' && other.names === 'needed'),
      )
      .map((other) => [one, other] as const),
  );
}
