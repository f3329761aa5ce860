import fc from 'fast-check';
import { expect, test } from 'vitest';
import { signedText, unsignedText } from './integer-text.ts';

const edges = [
  0n,
  1n,
  2n ** 31n,
  2n ** 32n,
  2n ** 53n - 1n,
  2n ** 53n,
  10n ** 18n,
  2n ** 63n,
  2n ** 64n - 1n,
];
const bits = fc.oneof(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.constantFrom(...edges));
const halves = (value: bigint) =>
  [Number(BigInt.asIntN(32, value)), Number(BigInt.asIntN(32, value >> 32n))] as const;

test('64 bits print as BigInt prints them', () => {
  fc.assert(
    fc.property(bits, (value) => {
      expect(String(unsignedText(...halves(value)))).toBe(`${value}`);
      expect(String(signedText(...halves(value)))).toBe(`${BigInt.asIntN(64, value)}`);
    }),
    { numRuns: 3000 },
  );
});
