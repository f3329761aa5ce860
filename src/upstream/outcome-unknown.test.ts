import { expect, test } from 'vitest';
import type { Method } from '../contract/method.ts';
import { WeirError, type WeirErrorOptions } from '../errors.ts';
import { toOutcomeUnknown } from './outcome-unknown.ts';

const methodOf = (idempotency: Method['idempotency']) =>
  ({ path: 'orders.v1.orderService.placeOrder', idempotency }) as Method;

function reasonsOf(
  code: WeirError['code'],
  options: WeirErrorOptions,
  idempotency: Method['idempotency'] = 'unknown',
): unknown[] {
  const error = new WeirError(code, 'failed', { origin: 'backend', ...options });
  const told = toOutcomeUnknown(error, methodOf(idempotency));
  expect(told.code).toBe(code);
  return told.details.map(({ reason }) => reason);
}

test.each<[string, WeirError['code'], WeirErrorOptions]>([
  ['the connection was lost after it was sent', 'UNAVAILABLE', {}],
  ['the deadline passed after it was sent', 'DEADLINE_EXCEEDED', {}],
  ["the backend's own deadline passed", 'DEADLINE_EXCEEDED', { answered: true }],
  ['the answer could not be read', 'INTERNAL', {}],
])('unknown: %s', (_, code, options) => {
  expect(reasonsOf(code, options)).toEqual(['OUTCOME_UNKNOWN']);
});

test.each<[string, WeirError['code'], WeirErrorOptions, Method['idempotency']]>([
  ['it was shed', 'RESOURCE_EXHAUSTED', { neverSent: true, retryAfterMs: 1_000 }, 'unknown'],
  ['it was never sent', 'UNAVAILABLE', { neverSent: true }, 'unknown'],
  ['its deadline passed before it was sent', 'DEADLINE_EXCEEDED', { neverSent: true }, 'unknown'],
  ['the backend refused it', 'UNAVAILABLE', { answered: true }, 'unknown'],
  ['it may run twice', 'UNAVAILABLE', {}, 'idempotent'],
  ['it changes nothing', 'DEADLINE_EXCEEDED', {}, 'noSideEffects'],
])('known, or of no matter: %s', (_, code, options, idempotency) => {
  expect(reasonsOf(code, options, idempotency)).toEqual([]);
});

test('keeps what the backend said, and the original for the log', () => {
  const error = new WeirError('DEADLINE_EXCEEDED', 'too late', {
    origin: 'backend',
    statusDetails: new Uint8Array([1]),
    retryAfterMs: 5,
    metadata: [['a', 'b']],
  });
  expect(toOutcomeUnknown(error, methodOf('unknown'))).toMatchObject({
    origin: 'backend',
    statusDetails: new Uint8Array([1]),
    retryAfterMs: 5,
    metadata: [['a', 'b']],
    cause: error,
  });
});
