import { expect, test } from 'vitest';
import { WeirError, type WeirErrorOptions } from '../../errors.ts';
import { toBreakerOutcome } from './to-breaker-outcome.ts';

const BACKEND: WeirErrorOptions = { origin: 'backend' };
const GATEWAY: WeirErrorOptions = { origin: 'gateway', neverSent: true };

test.each<[WeirError['code'], WeirErrorOptions, boolean, ReturnType<typeof toBreakerOutcome>]>([
  ['UNAVAILABLE', BACKEND, false, 'failure'],
  ['INTERNAL', BACKEND, false, 'failure'],
  ['NOT_FOUND', BACKEND, false, 'success'],
  ['PERMISSION_DENIED', BACKEND, false, 'success'],
  ['RESOURCE_EXHAUSTED', BACKEND, false, 'ignored'],
  ['CANCELLED', BACKEND, false, 'ignored'],
  ['UNAVAILABLE', GATEWAY, false, 'ignored'],
  // No connection came in the time that the contract gives.
  ['DEADLINE_EXCEEDED', { origin: 'backend', neverSent: true }, false, 'failure'],
  // The time was over before the backend's turn came, as after a pause of the gateway's own.
  ['DEADLINE_EXCEEDED', GATEWAY, false, 'ignored'],
  ['DEADLINE_EXCEEDED', BACKEND, false, 'failure'],
  // Five calls with `grpc-timeout: 1u` must not close a backend to everybody.
  ['DEADLINE_EXCEEDED', GATEWAY, true, 'ignored'],
  ['DEADLINE_EXCEEDED', BACKEND, true, 'ignored'],
  ['UNAVAILABLE', BACKEND, true, 'failure'],
])('%s, %j, hurried: %s: %s', (code, options, hurried, outcome) => {
  expect(toBreakerOutcome(new WeirError(code, 'failed', options), hurried)).toBe(outcome);
});
