import type { UpstreamConfig } from '../config/schema.ts';
import type { Clock, Random } from '../lib/clock.ts';
import { type BreakerState, createBreaker } from './breaker/breaker.ts';
import { createConsecutiveFailures } from './breaker/consecutive-failures.ts';
import { createFirstToTrip } from './breaker/first-to-trip.ts';
import { createWindowedRate } from './breaker/windowed-rate.ts';
import { createTransport } from './create-transport.ts';
import type { Endpoint } from './endpoint.ts';

export interface EndpointOptions {
  readonly address: string;
  readonly config: UpstreamConfig;
  readonly clock: Clock;
  readonly random: Random;
  readonly onBreakerChange: (address: string, state: BreakerState) => void;
}

export function createEndpoint(options: EndpointOptions): Endpoint {
  const { address, config, clock, random, onBreakerChange } = options;
  const { breaker } = config;
  const strategy = createFirstToTrip([
    createConsecutiveFailures(breaker.consecutiveFailures),
    createWindowedRate({
      windowMs: breaker.window,
      threshold: breaker.failureRate,
      minCalls: breaker.minCalls,
    }),
  ]);
  const breakerOptions = {
    baseOpenMs: breaker.baseOpen,
    maxOpenMs: breaker.maxOpen,
    probes: breaker.probes,
    rampMs: breaker.ramp,
  };
  return {
    address,
    transport: createTransport(address, config),
    breaker: createBreaker(strategy, breakerOptions, clock, random, (state) =>
      onBreakerChange(address, state),
    ),
    inFlight: 0,
  };
}
