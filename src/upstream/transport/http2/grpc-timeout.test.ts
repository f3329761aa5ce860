import { expect, test } from 'vitest';
import { formatGrpcTimeout } from './grpc-timeout.ts';

test.each([
  [0.2, '1m'],
  [1, '1m'],
  [1_500.4, '1501m'],
  [99_999_999, '99999999m'],
  [100_000_000, '100000S'],
  [100_000_000_000, '1666667M'],
  [1e15, '99999999H'],
])('%d ms is %s', (milliseconds, text) => {
  expect(formatGrpcTimeout(milliseconds)).toBe(text);
});
