import { EndpointMeter } from '../../src/telemetry/metrics/endpoint-meter.ts';
import { LostStreams } from '../../src/upstream/balance/lost-streams.ts';
import { ResponseTime } from '../../src/upstream/balance/response-time.ts';
import type { BreakerState } from '../../src/upstream/breaker/breaker.ts';
import type { Endpoint, EndpointTarget } from '../../src/upstream/endpoint.ts';
import { Silence } from '../../src/upstream/hedging/silence.ts';
import type { Transport } from '../../src/upstream/transport/transport.ts';

export interface TestEndpoint {
  readonly target?: Partial<EndpointTarget>;
  readonly state?: BreakerState;
  readonly transport?: Transport;
}

/** An endpoint that nothing is known of, but for what a test gives; without one it has no transport. */
export function createTestEndpoint({ target, state, transport }: TestEndpoint = {}): Endpoint {
  const refuse = () => {
    throw new Error('the test gave no transport');
  };
  return {
    target: { address: '10.0.0.1:1', weight: 1, zone: '', version: '', ...target },
    transport: transport ?? {
      unary: refuse,
      stream: refuse,
      connect: () => {},
      close: async () => {},
    },
    breaker: {
      state: state ?? { name: 'closed' },
      mayEnter: () => true,
      enter: () => () => {},
      hasten: () => {},
    },
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
    since: Number.NEGATIVE_INFINITY,
  };
}
