// It is never run: the compiler accepts it, though every object has a `toString` and a `constructor`.
import type { InheritedInput } from '../golden/expected/nasty/v1/nasty.ts';

export const inputs: readonly InheritedInput[] = [
  {},
  { other: 'a' },
  { toString: 'a', constructor: { toString: 'b' }, valueOf: 'c' },
  { toString: undefined, constructor: null },
];

export const wrong: readonly InheritedInput[] = [
  // @ts-expect-error
  { toString: 5 },
  // @ts-expect-error
  { valueOf: 'a', other: 'b' },
];
