import { TRPCClientError } from '@trpc/client';
import { expect, test } from 'vitest';
import { findDetail } from './find-detail.ts';
import { isWeirError } from './is-weir-error.ts';

const BAD_REQUEST = {
  '@type': 'type.googleapis.com/google.rpc.BadRequest',
  fieldViolations: [{ field: 'quantity', description: 'must be above 0' }],
};
const OWN = { '@type': 'types.example/orders.v1.RiskLimit', limit: '5' };

const refused = createError({
  code: 'BAD_REQUEST',
  httpStatus: 400,
  grpc: { code: 'INVALID_ARGUMENT', message: 'no', details: [OWN, BAD_REQUEST] },
});

function createError(data: object): TRPCClientError<never> {
  return new TRPCClientError('no', {
    result: { error: { code: -32600, message: 'no', data } } as never,
  });
}

test('a detail is found by the name of its type, wherever that is published', () => {
  expect(findDetail(refused, 'google.rpc.BadRequest')).toBe(BAD_REQUEST);
  expect(findDetail(refused, 'orders.v1.RiskLimit')).toBe(OWN);
  expect(findDetail(refused, 'google.rpc.RetryInfo')).toBeUndefined();
  expect(findDetail(refused, 'BadRequest')).toBeUndefined();
});

test.each([
  { title: "Weir's refusal", error: refused, is: true },
  {
    title: 'a refusal without a gRPC status',
    error: createError({ code: 'NOT_FOUND' }),
    is: false,
  },
  { title: 'a lost network', error: new TRPCClientError('fetch failed'), is: false },
  { title: 'a bug', error: new Error('oops'), is: false },
  { title: 'a string', error: 'oops', is: false },
  { title: 'nothing', error: undefined, is: false },
  { title: 'a look-alike that is no error', error: { data: { grpc: { details: [] } } }, is: false },
])('$title: $is', ({ error, is }) => {
  expect(isWeirError(error)).toBe(is);
});

test('an error without details has none', () => {
  expect(findDetail(new Error('oops'), 'google.rpc.BadRequest')).toBeUndefined();
});
