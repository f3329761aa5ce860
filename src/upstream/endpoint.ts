import type { GrpcCode } from '../errors.ts';
import type { EndpointMeter } from '../telemetry/metrics/endpoint-meter.ts';
import type { LostStreams } from './balance/lost-streams.ts';
import type { ResponseTime } from './balance/response-time.ts';
import type { Breaker } from './breaker/breaker.ts';
import type { Silence } from './hedging/silence.ts';
import type { Transport } from './transport/transport.ts';

/** What discovery says of an endpoint. Two targets with the same address are the same endpoint. */
export interface EndpointTarget {
  /** `host:port`, `[ipv6]:port` or `unix:/path`. */
  readonly address: string;
  /** Share of calls against the others'; 1 where nothing is said. */
  readonly weight: number;
  /** Where it stands, for example an availability zone; empty where nothing is said. */
  readonly zone: string;
  /** Which release it runs, for a split between versions; empty where nothing is said. */
  readonly version: string;
}

/** What health checks last said. `unknown`: not asked yet, or the backend does not say. */
export type CheckedHealth = 'unknown' | 'healthy' | 'unhealthy';

/** The last attempt that spoke against an endpoint. */
export interface EndpointFailure {
  readonly code: GrpcCode;
  readonly message: string;
  /** `performance.now()` clock. */
  readonly at: number;
}

/** One address of an upstream, the transport that Weir keeps to it, and what is known of its condition. */
export interface Endpoint {
  /** Replaced when discovery says something else of the same address. */
  target: EndpointTarget;
  readonly transport: Transport;
  readonly breaker: Breaker;
  readonly meter: EndpointMeter;
  /** Unary attempts under way. */
  inFlight: number;
  /** Streams under way. */
  streams: number;
  readonly lostStreams: LostStreams;
  /** Of unary attempts. */
  readonly responseTime: ResponseTime;
  /** Of hedged attempts. */
  readonly silence: Silence;
  health: CheckedHealth;
  /** Until when outlier detection keeps it out; `performance.now()` clock, 0 when it does not. */
  ejectedUntil: number;
  /** When it was taken out last; same clock. */
  ejectedAt: number;
  lastFailure: EndpointFailure | undefined;
  /** What the last failure that its breaker heard of was thrown as; calls that one connection lost share it. */
  lastCounted: unknown;
  /** When it began to serve, for slow start; `performance.now()` clock. */
  readonly since: number;
}

/** Whether a new call may go there; the only place that answers this. */
export function isAvailable(endpoint: Endpoint, now: number): boolean {
  return looksHealthy(endpoint, now) && endpoint.breaker.mayEnter();
}

/** What health checks and outlier detection say; its breaker may know better. */
export function looksHealthy({ health, ejectedUntil }: Endpoint, now: number): boolean {
  return health !== 'unhealthy' && ejectedUntil <= now;
}
