import type { UpstreamConfig } from '../config/schema.ts';
import type { Random } from '../lib/clock.ts';
import type { Endpoint } from './endpoint.ts';
import { startHealthMonitor } from './health/health-monitor.ts';
import { createHealthProbe } from './health/health-probe.ts';
import type { Security } from './security/create-security.ts';
import type { UpstreamEvents } from './upstream-events.ts';

/** Connects to each endpoint ahead of calls and begins its health checks, as configured; the result ends them. */
export function createEndpointWatch(
  { healthCheck, connectAhead, tls }: Pick<UpstreamConfig, 'healthCheck' | 'connectAhead' | 'tls'>,
  { contexts }: Pick<Security, 'contexts'>,
  random: Random,
  onChange: UpstreamEvents['healthChanged'],
): (endpoint: Endpoint) => () => void {
  const secure = contexts && { contexts, serverName: tls?.serverName };
  const probe = healthCheck && createHealthProbe(healthCheck, secure);
  return function watchEndpoint(endpoint) {
    if (connectAhead) endpoint.transport.connect();
    if (healthCheck === undefined || probe === undefined) return () => {};
    const monitor = startHealthMonitor(endpoint, {
      probe,
      intervalMs: healthCheck.interval,
      timeoutMs: healthCheck.timeout,
      unhealthyThreshold: healthCheck.unhealthyThreshold,
      healthyThreshold: healthCheck.healthyThreshold,
      random,
      onChange({ target, responseTime, breaker }, health, reason) {
        if (health === 'healthy') {
          responseTime.forget();
          breaker.hasten();
        }
        onChange(target, health, reason);
      },
    });
    return () => monitor.stop();
  };
}
