import type { UpstreamConfig } from '../../config/schema.ts';
import type { Random } from '../../lib/clock.ts';
import type { Discovery, DiscoveryEvents } from './discovery.ts';
import { createDnsDiscovery } from './dns.ts';
import { createFileDiscovery } from './file.ts';
import { createStaticDiscovery } from './static.ts';

/** How an upstream's endpoints are found, as it is configured. */
export function createDiscovery(
  config: UpstreamConfig,
  random: Random,
  events: DiscoveryEvents,
): Discovery {
  const { discovery } = config;
  if (discovery === undefined) return createStaticDiscovery(config.endpoints ?? []);
  if ('file' in discovery) {
    return createFileDiscovery({ path: discovery.file, pollMs: discovery.poll, events });
  }
  const { name, port, servers, zone, version, timeout, minRefresh, maxRefresh } = discovery.dns;
  return createDnsDiscovery({
    name,
    port,
    servers,
    template: { zone, version },
    timeoutMs: timeout,
    minRefreshMs: minRefresh,
    maxRefreshMs: maxRefresh,
    random,
    events,
  });
}
