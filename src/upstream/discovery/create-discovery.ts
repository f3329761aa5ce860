import type { UpstreamConfig } from '../../config/schema.ts';
import type { Discovery } from './discovery.ts';
import { createDnsDiscovery } from './dns.ts';
import { createFileDiscovery } from './file.ts';
import { createStaticDiscovery } from './static.ts';

/** How an upstream's endpoints are found, as it is configured. */
export function createDiscovery(
  config: UpstreamConfig,
  onError: (error: unknown) => void,
): Discovery {
  const { discovery } = config;
  if (discovery === undefined) return createStaticDiscovery(config.endpoints ?? []);
  if ('file' in discovery) {
    return createFileDiscovery({ path: discovery.file, pollMs: discovery.poll, onError });
  }
  const { name, port, servers, zone, version, minRefresh, maxRefresh } = discovery.dns;
  return createDnsDiscovery({
    name,
    port,
    servers,
    template: { zone, version },
    minRefreshMs: minRefresh,
    maxRefreshMs: maxRefresh,
    onError,
  });
}
