import type { Log } from '../telemetry/log.ts';
import type { UpstreamEvents } from './upstream-events.ts';

/** One line for each change, with its reason. */
export function logUpstreamEvents(log: Log, upstream: string): UpstreamEvents {
  let lost = false;
  return {
    breakerChanged({ address }, { name }) {
      const level = name === 'open' ? 'warn' : 'info';
      log[level]({ upstream, address, breaker: name }, 'circuit breaker changed');
    },
    serviceBreakerChanged(service, { name }) {
      const level = name === 'open' ? 'warn' : 'info';
      log[level]({ upstream, service, breaker: name }, 'circuit breaker of a service changed');
    },
    healthChanged({ address }, health, reason) {
      const level = health === 'unhealthy' ? 'warn' : 'info';
      log[level]({ upstream, address, health, reason }, 'health changed');
    },
    ejected({ endpoint, ejectionMs, successRate, threshold }) {
      const { address } = endpoint.target;
      log.warn({ upstream, address, ejectionMs, successRate, threshold }, 'outlier ejected');
    },
    endpointsChanged(change, target) {
      log.info({ upstream, ...target }, `endpoint ${change}`);
    },
    discovered() {
      if (lost) log.info({ upstream }, 'discovery works again');
      lost = false;
    },
    discoveryFailed(error) {
      if (!lost)
        log.warn({ upstream, err: error }, 'discovery failed; the last known endpoints stay');
      lost = true;
    },
    securityRenewed(files) {
      log.info({ upstream, files }, 'certificates or credentials renewed');
    },
    securityFailed(error) {
      log.warn(
        { upstream, err: error },
        'new certificates or credentials are of no use; the old stay',
      );
    },
    // Too many for a line each; the call's own line and the metrics tell of them.
    retried() {},
    shed() {},
    hedged() {},
    retryWithheld() {},
  };
}
