import type { BreakerState } from './breaker/breaker.ts';
import type { DiscoveryEvents } from './discovery/discovery.ts';
import type { CheckedHealth, EndpointTarget } from './endpoint.ts';
import type { Ejection } from './outlier/outlier-detection.ts';
import type { ReloadEvents } from './security/reloading.ts';

/** What an operator wants to hear of an upstream. */
export interface UpstreamEvents extends DiscoveryEvents, ReloadEvents {
  breakerChanged(target: EndpointTarget, state: BreakerState): void;
  serviceBreakerChanged(service: string, state: BreakerState): void;
  healthChanged(target: EndpointTarget, health: CheckedHealth, reason: string | undefined): void;
  ejected(ejection: Ejection): void;
  endpointsChanged(change: 'added' | 'removed' | 'changed', target: EndpointTarget): void;
  /** A call is tried again. */
  retried(): void;
  /** A call was refused because the upstream has as many as it may. */
  shed(): void;
  /** An attempt was sent while another one was unanswered. */
  hedged(): void;
  /** A call would have been tried again or hedged, and the retry budget is spent. */
  retryWithheld(): void;
}
