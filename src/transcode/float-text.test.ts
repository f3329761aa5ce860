import fc from 'fast-check';
import { expect, test } from 'vitest';
import { doubleText, floatText } from './float-text.ts';

test.each([
  [0.1, '0.1'],
  [1 / 3, '0.33333334'],
  [0, '0'],
  [-0, '-0'],
  [16777216, '16777216'],
  [3.4028234663852886e38, '3.4028235e+38'],
  [1.401298464324817e-45, '1e-45'],
  [1.1754943508222875e-38, '1.1754944e-38'],
  [Number.NaN, '"NaN"'],
  [Number.POSITIVE_INFINITY, '"Infinity"'],
  [Number.NEGATIVE_INFINITY, '"-Infinity"'],
])('the float nearest to %d is %s', (value, text) => {
  expect(floatText(Math.fround(value))).toBe(text);
});

test('a float reads back as itself, and from no fewer digits', () => {
  fc.assert(
    fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (value) => {
      const text = floatText(value);
      expect(Math.fround(Number(text))).toBe(value);
      const digits = text.replace(/e.*|[-.]/g, '').replace(/^0+|0+$/g, '').length;
      const shorter = Number(value.toPrecision(Math.max(1, digits - 1)));
      expect(digits <= 1 || Math.fround(shorter) !== value).toBe(true);
    }),
    { numRuns: 3000 },
  );
});

test('a double reads back as itself', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      expect(Number(doubleText(value))).toBe(value);
      expect(() => JSON.parse(doubleText(value))).not.toThrow();
    }),
  );
});
