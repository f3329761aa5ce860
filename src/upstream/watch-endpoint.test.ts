import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createTestEndpoint } from '../../test/support/endpoint.ts';
import { WeirError } from '../errors.ts';
import { createBreaker, DEFAULT_BREAKER_OPTIONS } from './breaker/breaker.ts';
import { createConsecutiveFailures } from './breaker/consecutive-failures.ts';
import { createEndpointWatch } from './watch-endpoint.ts';

/** `grpc.health.v1.HealthCheckResponse` */
const SERVING = Uint8Array.of(8, 1);
const NOT_SERVING = Uint8Array.of(8, 2);

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('an endpoint whose health comes back is probed at once, not when its breaker would', async () => {
  let status = NOT_SERVING;
  const transport = {
    unary: async () => ({ message: status, headers: [], trailers: [] }),
    stream: () => {
      throw new WeirError('UNIMPLEMENTED', 'no Watch');
    },
    connect: () => {},
    close: async () => {},
  };
  const breaker = createBreaker(
    createConsecutiveFailures(1),
    { ...DEFAULT_BREAKER_OPTIONS, baseOpenMs: 60_000, maxOpenMs: 60_000 },
    () => performance.now(),
    () => 0.5,
  );
  const endpoint = { ...createTestEndpoint({ transport }), breaker };
  const healthCheck = {
    service: '',
    interval: 1_000,
    timeout: 500,
    unhealthyThreshold: 1,
    healthyThreshold: 1,
  };
  const unwatch = createEndpointWatch(
    { healthCheck, connectAhead: false, tls: undefined },
    { contexts: undefined },
    () => 0.5,
    () => {},
  )(endpoint);
  breaker.enter()?.('failure');
  await vi.advanceTimersByTimeAsync(5_000);
  expect([endpoint.health, breaker.mayEnter()]).toEqual(['unhealthy', false]);
  status = SERVING;
  await vi.advanceTimersByTimeAsync(1_000);
  expect([endpoint.health, breaker.mayEnter()]).toEqual(['healthy', true]);
  unwatch();
});
