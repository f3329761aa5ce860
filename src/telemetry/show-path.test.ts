import { expect, test } from 'vitest';
import { showPath } from './show-path.ts';

const JWT = `eyJhbGciOiJFUzI1NiJ9.${'e30'.repeat(20)}.${'x'.repeat(86)}`;

test.each([
  ['/health', '/health'],
  ['/trpc?ticket=abc', '/trpc'],
  ['/trpc?connectionParams=1&token=abc', '/trpc'],
  [
    'market.v1.quoteService.getQuote,orders.v1.orderService.placeOrder',
    'market.v1.quoteService.getQuote,orders.v1.orderService.placeOrder',
  ],
  [`/reset/${JWT}/now`, '/reset/[hidden]/now'],
  ['/eyJhbGciOiJFUzI1NiJ9', '/[hidden]'],
  ['/keys/weir_batch_s3cr3t', '/keys/[hidden]'],
  [`/refresh/${'aB3_'.repeat(11)}`, '/refresh/[hidden]'],
  [
    '/sessions/123e4567-e89b-12d3-a456-426614174000',
    '/sessions/123e4567-e89b-12d3-a456-426614174000',
  ],
])('%s is shown as %s', (path, shown) => {
  expect(showPath(path)).toBe(shown);
});

test('a long path is cut', () => {
  expect(showPath('/ab'.repeat(10_000))).toHaveLength(200);
});
