import type { UpstreamConfig } from '../config/schema.ts';
import type { Random } from '../lib/clock.ts';
import type { Endpoint } from './endpoint.ts';
import { startHealthMonitor } from './health/health-monitor.ts';
import { createHealthProbe } from './health/health-probe.ts';
import type { UpstreamEvents } from './upstream-events.ts';

/** Connects to each endpoint ahead of calls and begins its health checks, as configured; the result ends them. */
export function createEndpointWatch(
  { healthCheck, connectAhead }: Pick<UpstreamConfig, 'healthCheck' | 'connectAhead'>,
  random: Random,
  onChange: UpstreamEvents['healthChanged'],
): (endpoint: Endpoint) => () => void {
  const probe = healthCheck && createHealthProbe(healthCheck);
  return function watchEndpoint(endpoint) {
    if (connectAhead) endpoint.transport.connect();
    if (healthCheck === undefined || probe === undefined) return () => {};
    const monitor = startHealthMonitor(endpoint, {
      probe,
      intervalMs: healthCheck.interval,
      unhealthyThreshold: healthCheck.unhealthyThreshold,
      healthyThreshold: healthCheck.healthyThreshold,
      random,
      onChange({ target, responseTime }, health, reason) {
        if (health === 'healthy') responseTime.forget();
        onChange(target, health, reason);
      },
    });
    return () => monitor.stop();
  };
}
