import type { Breaker } from './breaker/breaker.ts';
import type { Transport } from './transport/transport.ts';

/** One address of an upstream, the transport that Weir keeps to it, and what is known of its condition. */
export interface Endpoint {
  readonly address: string;
  readonly transport: Transport;
  readonly breaker: Breaker;
  /** Calls and streams under way. */
  inFlight: number;
}

/** Whether a new call may go there; the only place that answers this. */
export function isAvailable(endpoint: Endpoint): boolean {
  return endpoint.breaker.mayEnter();
}
