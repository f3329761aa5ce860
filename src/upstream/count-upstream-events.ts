import type { UpstreamMeter } from '../telemetry/metrics/upstream-meter.ts';
import type { UpstreamEvents } from './upstream-events.ts';

/** Counts what happens, and tells the next. */
export function countUpstreamEvents(meter: UpstreamMeter, next: UpstreamEvents): UpstreamEvents {
  return {
    breakerChanged(target, state) {
      if (state.name === 'open') meter.breakerOpenings += 1;
      next.breakerChanged(target, state);
    },
    serviceBreakerChanged(service, state) {
      if (state.name === 'open') meter.breakerOpenings += 1;
      next.serviceBreakerChanged(service, state);
    },
    healthChanged: next.healthChanged,
    ejected(ejection) {
      meter.ejections += 1;
      next.ejected(ejection);
    },
    endpointsChanged: next.endpointsChanged,
    discovered: next.discovered,
    discoveryFailed(error) {
      meter.discoveryFailures += 1;
      next.discoveryFailed(error);
    },
    securityRenewed: next.securityRenewed,
    securityFailed: next.securityFailed,
    retried() {
      meter.retries += 1;
      next.retried();
    },
    shed() {
      meter.shed += 1;
      next.shed();
    },
    hedged() {
      meter.hedges += 1;
      next.hedged();
    },
    retryWithheld() {
      meter.retriesWithheld += 1;
      next.retryWithheld();
    },
  };
}
