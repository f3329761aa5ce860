import fc from 'fast-check';
import { expect, test } from 'vitest';
import { JsonWriter } from './json-writer.ts';
import {
  NUMBER_BYTES,
  writeFloat,
  writeInt32,
  writeInt64,
  writeNumber,
  writeSafeInteger,
  writeUint32,
  writeUint64,
} from './write-number.ts';

function textOf(write: (writer: JsonWriter) => void): string {
  const writer = new JsonWriter(1024);
  writer.reserve(NUMBER_BYTES);
  write(writer);
  return writer.finish();
}

const floatText = (value: number) => {
  const bits = new Int32Array(Float32Array.of(value).buffer)[0] ?? 0;
  return textOf((writer) => writeFloat(writer, bits));
};
const numberText = (value: number) => textOf((writer) => writeNumber(writer, value));

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

const decimal = fc
  .tuple(fc.integer({ min: -(10 ** 9), max: 10 ** 9 }), fc.integer({ min: 0, max: 12 }))
  .map(([digits, places]) => digits / 10 ** places);
const magnitude = fc
  .tuple(fc.double({ min: 1, max: 10, noNaN: true }), fc.integer({ min: -10, max: 22 }))
  .map(([value, exponent]) => value * 10 ** exponent);
const number = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  decimal,
  magnitude,
  fc.maxSafeInteger(),
);

test.each([
  [0, '0'],
  [-0, '-0'],
  [Number.NaN, '"NaN"'],
  [Number.POSITIVE_INFINITY, '"Infinity"'],
  [Number.NEGATIVE_INFINITY, '"-Infinity"'],
  [-2.2250738585072014e-308, '-2.2250738585072014e-308'],
  [1e-7, '1e-7'],
  [0.000001, '0.000001'],
  [999_999_999.999999, '999999999.999999'],
  [1_000_000_000.000001, '1000000000.000001'],
  [123456789012345.67, '123456789012345.67'],
  [2251799813685249.5, '2251799813685249.5'],
  [9007199254740992, '9007199254740992'],
  [1e21, '1e+21'],
  [189.37, '189.37'],
  [-189.3, '-189.3'],
  [5e-324, '5e-324'],
])('the double %d is %s', (value, text) => {
  expect(numberText(value)).toBe(text);
});

test('a double prints as ECMAScript prints it', () => {
  fc.assert(
    fc.property(number, (value) => {
      expect(numberText(value)).toBe(Object.is(value, -0) ? '-0' : `${value}`);
    }),
    { numRuns: 5000 },
  );
});

const edges = [
  0n,
  1n,
  9n,
  10n,
  2n ** 31n - 1n,
  2n ** 31n,
  2n ** 32n - 1n,
  2n ** 32n,
  2n ** 53n - 1n,
  2n ** 53n,
  10n ** 9n,
  10n ** 18n,
  2n ** 63n - 1n,
  2n ** 63n,
  2n ** 64n - 1n,
];
const bits = fc.oneof(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.constantFrom(...edges));
const halves = (value: bigint) =>
  [Number(BigInt.asIntN(32, value)), Number(BigInt.asIntN(32, value >> 32n))] as const;

test('64 bits print as BigInt prints them', () => {
  fc.assert(
    fc.property(bits, (value) => {
      expect(textOf((writer) => writeUint64(writer, ...halves(value)))).toBe(`${value}`);
      expect(textOf((writer) => writeInt64(writer, ...halves(value)))).toBe(
        `${BigInt.asIntN(64, value)}`,
      );
    }),
    { numRuns: 3000 },
  );
});

test('32 bits and exact integers print as ECMAScript prints them', () => {
  const powers = Array.from({ length: 16 }, (_, i) => [10 ** i - 1, 10 ** i, 10 ** i + 1]).flat();
  const integer = fc.oneof(fc.maxSafeInteger(), fc.integer(), fc.constantFrom(...powers));
  fc.assert(
    fc.property(integer, (value) => {
      const size = Math.abs(value);
      expect(textOf((writer) => writeSafeInteger(writer, size))).toBe(`${size}`);
      expect(textOf((writer) => writeUint32(writer, value >>> 0))).toBe(`${value >>> 0}`);
      expect(textOf((writer) => writeInt32(writer, value | 0))).toBe(`${value | 0}`);
    }),
    { numRuns: 3000 },
  );
});
