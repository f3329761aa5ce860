import type { EndpointMeter } from './endpoint-meter.ts';
import { type Family, type Join, type LatencySample, toLabels } from './family.ts';
import type { Sample } from './sample.ts';
import type { UpstreamMeter } from './upstream-meter.ts';

export interface EndpointReading {
  readonly address: string;
  readonly breaker: string;
  readonly health: string;
  readonly ejected: boolean;
  /** Whether a new call may go there now. */
  readonly available: boolean;
  readonly inFlight: number;
  readonly meter: EndpointMeter;
}

export interface UpstreamReading {
  readonly name: string;
  readonly meter: UpstreamMeter;
  /** Retries that its budget allows now. */
  readonly retriesLeft: number;
  /** Calls that wait for room. */
  readonly pending: number;
  /** Calls that may be under way now; undefined where that is not limited. */
  readonly concurrencyLimit: number | undefined;
  /** Services with a breaker of their own. */
  readonly services: readonly { readonly service: string; readonly breaker: string }[];
  readonly endpoints: readonly EndpointReading[];
}

/** Those in whose words a state is a number of its own: one series each, of which one is 1. */
const BREAKER_STATES = ['closed', 'open', 'halfOpen', 'ramping'];

function breakerStates(current: string, labels: string): readonly Sample[] {
  return BREAKER_STATES.map((state) => ({
    suffix: '',
    labels: `${labels},state="${state}"`,
    value: Number(state === current),
  }));
}

/** Endpoints are those of now: what discovery took away is not on the page any more. */
export function upstreamFamilies(read: () => Iterable<UpstreamReading>): readonly Family[] {
  return [
    ofUpstreams(
      'weir_upstream_endpoints',
      'Endpoints that discovery names.',
      'gauge',
      (each) => each.endpoints.length,
      'max',
    ),
    ofUpstreams(
      'weir_upstream_endpoints_available',
      'Endpoints that may take a call now; an upstream with 0 refuses every call.',
      'gauge',
      ({ endpoints }) => endpoints.filter(({ available }) => available).length,
      'min',
    ),
    ofUpstreams(
      'weir_upstream_retries',
      'Attempts after a failed one.',
      'counter',
      ({ meter }) => meter.retries,
    ),
    ofUpstreams(
      'weir_upstream_shed',
      'Calls refused because the upstream had as many as it may.',
      'counter',
      ({ meter }) => meter.shed,
    ),
    ofUpstreams(
      'weir_upstream_pending',
      'Calls that wait until the upstream has room for them; one queue for all its endpoints.',
      'gauge',
      ({ pending }) => pending,
    ),
    {
      name: 'weir_upstream_concurrency_limit',
      help: 'Calls that an upstream may have under way now, of those whose calls are held back.',
      type: 'gauge',
      *samples() {
        for (const { name, concurrencyLimit } of read()) {
          if (concurrencyLimit === undefined) continue;
          yield { suffix: '', labels: toLabels({ upstream: name }), value: concurrencyLimit };
        }
      },
    },
    ofUpstreams(
      'weir_upstream_hedges',
      'Attempts sent while another one was unanswered.',
      'counter',
      ({ meter }) => meter.hedges,
    ),
    ofUpstreams(
      'weir_upstream_retries_withheld',
      'Retries and hedges that the retry budget did not allow.',
      'counter',
      ({ meter }) => meter.retriesWithheld,
    ),
    ofUpstreams(
      'weir_upstream_retry_budget',
      'Retries that the retry budget allows now.',
      'gauge',
      ({ retriesLeft }) => retriesLeft,
    ),
    ofUpstreams(
      'weir_upstream_ejections',
      'Endpoints taken out by outlier detection.',
      'counter',
      ({ meter }) => meter.ejections,
    ),
    ofUpstreams(
      'weir_upstream_breaker_openings',
      'How often a circuit breaker opened.',
      'counter',
      ({ meter }) => meter.breakerOpenings,
    ),
    ofUpstreams(
      'weir_upstream_discovery_failures',
      'Times that discovery failed and the last known endpoints stayed.',
      'counter',
      ({ meter }) => meter.discoveryFailures,
    ),
    {
      name: 'weir_service_breaker_state',
      help: '1 for the state that the circuit breaker of a service is in, 0 for the others.',
      type: 'gauge',
      join: 'max',
      *samples() {
        for (const { name: upstream, services } of read()) {
          for (const { service, breaker } of services) {
            yield* breakerStates(breaker, toLabels({ upstream, service }));
          }
        }
      },
    },
    {
      name: 'weir_endpoint_breaker_state',
      help: '1 for the state that the circuit breaker of an endpoint is in, 0 for the others.',
      type: 'gauge',
      join: 'max',
      samples: () => ofEndpoints(({ breaker }, labels) => breakerStates(breaker, labels)),
    },
    gauge(
      'weir_endpoint_healthy',
      'What health checks last said: 1 healthy, 0 unhealthy, 0.5 not known.',
      ({ health }) => (health === 'healthy' ? 1 : health === 'unhealthy' ? 0 : 0.5),
      'min',
    ),
    gauge(
      'weir_endpoint_ejected',
      '1 while outlier detection keeps an endpoint out.',
      ({ ejected }) => Number(ejected),
      'max',
    ),
    gauge('weir_endpoint_in_flight', 'Calls and streams under way.', ({ inFlight }) => inFlight),
    {
      name: 'weir_endpoint_attempts',
      help: 'Attempts of calls that an endpoint answered or failed, by gRPC status.',
      type: 'counter',
      samples: () =>
        ofEndpoints(({ meter }, labels) =>
          [...meter.attempts.entries()].map(([code, value]) => ({
            suffix: '',
            labels: `${labels},code="${code}"`,
            value,
          })),
        ),
    },
    {
      name: 'weir_endpoint_duration_seconds',
      help: 'How long attempts of queries and mutations took at an endpoint.',
      type: 'histogram',
      unit: 'seconds',
      samples: () => ofEndpoints(({ meter }, labels) => [{ labels, histogram: meter.duration }]),
    },
  ];

  function ofUpstreams(
    name: string,
    help: string,
    type: 'counter' | 'gauge',
    numberOf: (upstream: UpstreamReading) => number,
    join?: Join,
  ): Family {
    return {
      name,
      help,
      type,
      join,
      *samples() {
        for (const upstream of read()) {
          const labels = toLabels({ upstream: upstream.name });
          yield { suffix: '', labels, value: numberOf(upstream) };
        }
      },
    };
  }

  function* ofEndpoints<Made extends Sample | LatencySample>(
    samplesOf: (endpoint: EndpointReading, labels: string) => Iterable<Made>,
  ): Iterable<Made> {
    for (const { name, endpoints } of read()) {
      for (const endpoint of endpoints) {
        yield* samplesOf(endpoint, toLabels({ upstream: name, endpoint: endpoint.address }));
      }
    }
  }

  function gauge(
    name: string,
    help: string,
    numberOf: (endpoint: EndpointReading) => number,
    join?: Join,
  ): Family {
    return {
      name,
      help,
      type: 'gauge',
      join,
      samples: () => ofEndpoints((each, labels) => [{ suffix: '', labels, value: numberOf(each) }]),
    };
  }
}
