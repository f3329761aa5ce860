import type { UpstreamConfig } from '../config/schema.ts';
import { EndpointMeter } from '../telemetry/metrics/endpoint-meter.ts';
import { LostStreams } from './balance/lost-streams.ts';
import { ResponseTime } from './balance/response-time.ts';
import { type BreakerState, createBreaker } from './breaker/breaker.ts';
import { createConsecutiveFailures } from './breaker/consecutive-failures.ts';
import { createFirstToTrip } from './breaker/first-to-trip.ts';
import { createWindowedRate } from './breaker/windowed-rate.ts';
import type { Endpoint, EndpointTarget } from './endpoint.ts';
import { Silence } from './hedging/silence.ts';
import type { Security } from './security/create-security.ts';
import type { Surroundings } from './surroundings.ts';

export interface EndpointOptions {
  readonly target: EndpointTarget;
  readonly config: UpstreamConfig;
  readonly surroundings: Surroundings;
  readonly security: Security;
  /** When it began to serve; −∞ for one that needs no slow start. */
  readonly since: number;
  readonly onBreakerChange: (target: EndpointTarget, state: BreakerState) => void;
}

export function createEndpoint(options: EndpointOptions): Endpoint {
  const { target, config, surroundings, security, since, onBreakerChange } = options;
  const { clock, random, createTransport } = surroundings;
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
    target,
    transport: createTransport(target.address, config, security),
    breaker: createBreaker(strategy, breakerOptions, clock, random, (state) =>
      onBreakerChange(target, state),
    ),
    meter: new EndpointMeter(),
    inFlight: 0,
    streams: 0,
    lostStreams: new LostStreams(),
    responseTime: new ResponseTime(),
    silence: new Silence(),
    health: 'unknown',
    ejectedUntil: 0,
    ejectedAt: 0,
    lastFailure: undefined,
    lastCounted: undefined,
    since,
  };
}
