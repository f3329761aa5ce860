import type { BackendCall } from '../backend-call.ts';
import type { Endpoint } from '../endpoint.ts';

/**
 * What an endpoint has under way of the call's own kind. Streams stay and cost little, unary calls the
 * reverse: added up, an endpoint with one stream more than the others would get no unary call for as long
 * as few of them are in flight. Streams that it lost count for a while as if they were still there.
 */
export function underWay(endpoint: Endpoint, { method }: BackendCall, now: number): number {
  if (method.kind === 'unary') return endpoint.inFlight;
  return endpoint.streams + endpoint.lostStreams.faded(now);
}
