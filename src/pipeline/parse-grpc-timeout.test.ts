import { expect, test } from 'vitest';
import { parseGrpcTimeout } from './parse-grpc-timeout.ts';

test.each([
  ['1H', 3_600_000],
  ['2M', 120_000],
  ['5S', 5_000],
  ['500m', 500],
  ['1000u', 1],
  ['1000000n', 1],
  ['99999999S', 99_999_999_000],
  ['0m', 0],
])('%s is %s ms', (text, ms) => {
  expect(parseGrpcTimeout(text)).toBeCloseTo(ms, 6);
});

test.each(['', '5', 'S', '123456789S', '-1S', '1.5S', '5s', '5 S'])('%j is refused', (text) => {
  expect(() => parseGrpcTimeout(text)).toThrow(
    `The header grpc-timeout is "${text}"; expected up to 8 digits and one of H M S m u n, such as "500m".`,
  );
});
