import { TRPCError } from '@trpc/server';
import { getHTTPStatusCodeFromError } from '@trpc/server/http';
import { TRPC_ERROR_CODES_BY_KEY } from '@trpc/server/rpc';
import { expect, test } from 'vitest';
import { WeirError } from '../errors.ts';
import {
  HTTP_STATUS_BY_TRPC_CODE,
  TRPC_CODE_BY_GRPC_CODE,
  type TrpcCode,
  toErrorShape,
  toRefusalShape,
} from './error-shape.ts';

const CODES = Object.keys(TRPC_ERROR_CODES_BY_KEY).filter(
  (code): code is TrpcCode => code in TRPC_ERROR_CODES_BY_KEY,
);

test.each(CODES)('%s has the HTTP status that tRPC gives it', (code) => {
  expect(HTTP_STATUS_BY_TRPC_CODE[code]).toBe(getHTTPStatusCodeFromError(new TRPCError({ code })));
});

test.each([
  ['INVALID_ARGUMENT', 'BAD_REQUEST', 400],
  ['OUT_OF_RANGE', 'BAD_REQUEST', 400],
  ['FAILED_PRECONDITION', 'BAD_REQUEST', 400],
  ['UNAUTHENTICATED', 'UNAUTHORIZED', 401],
  ['PERMISSION_DENIED', 'FORBIDDEN', 403],
  ['NOT_FOUND', 'NOT_FOUND', 404],
  ['ALREADY_EXISTS', 'CONFLICT', 409],
  ['ABORTED', 'CONFLICT', 409],
  ['RESOURCE_EXHAUSTED', 'TOO_MANY_REQUESTS', 429],
  ['CANCELLED', 'CLIENT_CLOSED_REQUEST', 499],
  ['UNIMPLEMENTED', 'NOT_IMPLEMENTED', 501],
  ['UNAVAILABLE', 'SERVICE_UNAVAILABLE', 503],
  ['DEADLINE_EXCEEDED', 'GATEWAY_TIMEOUT', 504],
  ['UNKNOWN', 'INTERNAL_SERVER_ERROR', 500],
  ['INTERNAL', 'INTERNAL_SERVER_ERROR', 500],
  ['DATA_LOSS', 'INTERNAL_SERVER_ERROR', 500],
] as const)('gRPC %s is tRPC %s and HTTP %i', (grpcCode, trpcCode, status) => {
  expect(TRPC_CODE_BY_GRPC_CODE[grpcCode]).toBe(trpcCode);
  const shape = toErrorShape(new WeirError(grpcCode, 'why'), {
    procedureType: 'query',
    path: 'a.b',
    requestId: 'r1',
  });
  expect(shape).toEqual({
    message: 'why',
    code: TRPC_ERROR_CODES_BY_KEY[trpcCode],
    data: {
      code: trpcCode,
      httpStatus: status,
      path: 'a.b',
      grpc: { code: grpcCode, message: 'why', details: [] },
      requestId: 'r1',
    },
  });
});

test('a refused subscription never has a code that the stock SSE client retries', () => {
  const { data } = toErrorShape(new WeirError('UNIMPLEMENTED', 'no'), {
    procedureType: 'subscription',
    path: 'a.b',
    requestId: 'r1',
  });
  expect(data).toMatchObject({ code: 'METHOD_NOT_SUPPORTED', httpStatus: 405 });
});

test('details and the time to wait are shown, causes and stacks are not', () => {
  const detail = { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '1.5s' };
  const error = new WeirError('RESOURCE_EXHAUSTED', 'slow down', {
    details: [detail],
    retryAfterMs: 1500,
    attempts: 3,
    cause: new Error('secret'),
  });
  const shape = toErrorShape(error, { procedureType: 'query', path: 'a.b', requestId: 'r1' });
  expect(shape.data.grpc.details).toEqual([detail]);
  expect(shape.data.retryAfterMs).toBe(1500);
  expect(shape.data.attempts).toBe(3);
  expect(JSON.stringify(shape)).not.toMatch(/secret|stack|\.ts:/);
});

test('a refusal without a call has the gRPC status that comes nearest', () => {
  const shape = toRefusalShape('NOT_FOUND', 'No procedure', {
    procedureType: 'unknown',
    path: undefined,
    requestId: 'r1',
  });
  expect(shape.data).toEqual({
    code: 'NOT_FOUND',
    httpStatus: 404,
    grpc: { code: 'UNIMPLEMENTED', message: 'No procedure', details: [] },
    requestId: 'r1',
  });
});
