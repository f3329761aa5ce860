import { expect, test } from 'vitest';
import { createTestEndpoint } from '../../test/support/endpoint.ts';
import type { MethodKind } from '../contract/method.ts';
import type { BackendCall } from './backend-call.ts';
import { createCandidates } from './candidates.ts';
import type { Endpoint } from './endpoint.ts';
import { createPick } from './pick.ts';

interface Given {
  /** Unary calls under way at each endpoint, a and b. */
  readonly inFlight: readonly [number, number];
  readonly tried?: readonly number[];
  readonly kind?: MethodKind;
}

/** Two calls at most at each endpoint; the first of those that may be taken is. */
function pick({ inFlight, tried = [], kind = 'unary' }: Given): unknown {
  const endpoints = inFlight.map((calls, at) => {
    const endpoint = createTestEndpoint({ target: { address: 'ab'[at] ?? '' } });
    endpoint.inFlight = calls;
    return endpoint;
  });
  const pickOne = createPick({
    upstream: 'market',
    endpoints: () => endpoints,
    candidates: createCandidates(0.5),
    balance: ([first]) => first,
    maxInFlight: 2,
    clock: () => 0,
  });
  const before = tried.flatMap((at): Endpoint[] => endpoints.slice(at, at + 1));
  try {
    return pickOne({ method: { kind } } as unknown as BackendCall, before).target.address;
  } catch (error) {
    return error;
  }
}

test.each<[string, Given, string]>([
  ['whoever has room', { inFlight: [1, 0] }, 'a'],
  ['not one that is full', { inFlight: [2, 1] }, 'b'],
  ['not one that failed the call', { inFlight: [0, 0], tried: [0] }, 'b'],
  ['one that failed the call, where the others are full', { inFlight: [0, 2], tried: [0] }, 'a'],
  ['for a stream, calls do not count', { inFlight: [2, 2], kind: 'serverStreaming' }, 'a'],
])('%s', (_, given, expected) => {
  expect(pick(given)).toBe(expected);
});

test('no endpoint is given more than it may have: the call is refused, and was not sent', () => {
  expect(pick({ inFlight: [2, 2] })).toMatchObject({
    code: 'RESOURCE_EXHAUSTED',
    neverSent: true,
    retryAfterMs: 1_000,
  });
});
