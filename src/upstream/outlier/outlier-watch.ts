import type { UpstreamConfig } from '../../config/schema.ts';
import type { Observe } from '../breaker/guard.ts';
import type { Endpoint } from '../endpoint.ts';
import type { Surroundings } from '../surroundings.ts';
import type { UpstreamEvents } from '../upstream-events.ts';
import { createOutlierDetection } from './outlier-detection.ts';

/** Outlier detection on its interval, until stopped. */
export function createOutlierWatch(
  config: UpstreamConfig['outlierDetection'],
  endpoints: () => readonly Endpoint[],
  { clock, random, every }: Pick<Surroundings, 'clock' | 'random' | 'every'>,
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
  const stop = every(config.interval, () => {
    for (const ejection of detection.sweep(endpoints())) events.ejected(ejection);
  });
  return { record: detection.record, stop };
}
