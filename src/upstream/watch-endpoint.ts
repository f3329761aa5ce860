import type { UpstreamConfig } from '../config/schema.ts';
import type { Random } from '../lib/clock.ts';
import type { Endpoint } from './endpoint.ts';
import { startHealthMonitor } from './health/health-monitor.ts';
import type { UpstreamEvents } from './upstream-events.ts';

/** Begins the health checks of each endpoint, where they are configured; the result ends them. */
export function createEndpointWatch(
  config: UpstreamConfig['healthCheck'],
  random: Random,
  onChange: UpstreamEvents['healthChanged'],
): (endpoint: Endpoint) => () => void {
  if (config === undefined) return () => () => {};
  return function watchEndpoint(endpoint) {
    const monitor = startHealthMonitor(endpoint, {
      intervalMs: config.interval,
      timeoutMs: config.timeout,
      unhealthyThreshold: config.unhealthyThreshold,
      healthyThreshold: config.healthyThreshold,
      random,
      onChange: ({ target }, health, reason) => onChange(target, health, reason),
    });
    return () => monitor.stop();
  };
}
