import type { UpstreamConfig } from '../../config/schema.ts';
import type { Clock, Random } from '../../lib/clock.ts';
import type { Observe } from '../breaker/guard.ts';
import type { Endpoint } from '../endpoint.ts';
import type { UpstreamEvents } from '../upstream-events.ts';
import { createOutlierDetection } from './outlier-detection.ts';

/** Outlier detection on its interval, until stopped. */
export function createOutlierWatch(
  config: UpstreamConfig['outlierDetection'],
  endpoints: () => readonly Endpoint[],
  clock: Clock,
  random: Random,
  events: Pick<UpstreamEvents, 'ejected'>,
): { readonly record: Observe; stop(): void } {
  const detection = createOutlierDetection(
    {
      intervalMs: config.interval,
      baseEjectionMs: config.baseEjection,
      maxEjectionMs: config.maxEjection,
      maxEjected: config.maxEjected,
      minRequests: config.minRequests,
      minEndpoints: config.minEndpoints,
    },
    clock,
    random,
  );
  const timer = setInterval(() => {
    for (const ejection of detection.sweep(endpoints())) events.ejected(ejection);
  }, config.interval).unref();
  return { record: detection.record, stop: () => clearInterval(timer) };
}
