import { Resolver } from 'node:dns/promises';
import type { EndpointTarget } from '../endpoint.ts';
import type { Discovery } from './discovery.ts';

export interface DnsOptions {
  /** A host name, or for SRV a name such as `_grpc._tcp.orders.prod.svc.cluster.local`. */
  readonly name: string;
  /** Absent: SRV records, which bring their own ports and weights. */
  readonly port?: number | undefined;
  readonly template: Omit<EndpointTarget, 'address' | 'weight'>;
  /** Bounds for the records' own TTL. */
  readonly minRefreshMs: number;
  readonly maxRefreshMs: number;
  /** `host:port` of name servers; default: the system's. */
  readonly servers?: readonly string[] | undefined;
  readonly onError: (error: unknown) => void;
}

interface Resolution {
  readonly targets: readonly EndpointTarget[];
  readonly ttlMs: number;
}

/**
 * Resolves A and AAAA (every address is an endpoint, as of a headless Kubernetes service) or SRV, again when
 * the TTL is over and soon after calls failed. A name that does not resolve for a while keeps the last list:
 * a name server that is down is no reason to stop calling backends that are up.
 */
export function createDnsDiscovery(options: DnsOptions): Discovery {
  const resolver = new Resolver({ timeout: 2_000, tries: 2 });
  if (options.servers !== undefined) resolver.setServers(options.servers);
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let resolvedAt = 0;
  let known = '';
  let announce: (targets: readonly EndpointTarget[]) => void = () => {};

  async function refresh(): Promise<void> {
    clearTimeout(timer);
    let ttlMs = options.minRefreshMs;
    try {
      const { targets, ttlMs: ttl } = await resolve();
      ttlMs = ttl;
      const text = JSON.stringify(targets);
      if (!stopped && targets.length > 0 && text !== known) {
        known = text;
        announce(targets);
      }
    } catch (error) {
      options.onError(error);
    }
    resolvedAt = performance.now();
    if (!stopped) schedule(Math.min(Math.max(ttlMs, options.minRefreshMs), options.maxRefreshMs));
  }

  function schedule(ms: number): void {
    clearTimeout(timer);
    timer = setTimeout(() => void refresh(), ms);
    timer.unref();
  }

  async function resolve(): Promise<Resolution> {
    return options.port === undefined
      ? resolveSrv()
      : resolveAddresses(options.name, options.port, 1);
  }

  async function resolveAddresses(name: string, port: number, weight: number): Promise<Resolution> {
    const [v4, v6] = await Promise.all([
      resolver.resolve4(name, { ttl: true }).catch(noRecords),
      resolver.resolve6(name, { ttl: true }).catch(noRecords),
    ]);
    const records = [
      ...v4.map(({ address, ttl }) => ({ address: `${address}:${port}`, ttl })),
      ...v6.map(({ address, ttl }) => ({ address: `[${address}]:${port}`, ttl })),
    ].sort((left, right) => left.address.localeCompare(right.address));
    return {
      targets: records.map(({ address }) => ({ ...options.template, address, weight })),
      ttlMs: Math.min(...records.map(({ ttl }) => ttl), options.maxRefreshMs / 1_000) * 1_000,
    };
  }

  async function resolveSrv(): Promise<Resolution> {
    const records = await resolver.resolveSrv(options.name);
    // RFC 2782: only the lowest priority that is there serves; a weight of 0 still gets a little.
    const lowest = Math.min(...records.map(({ priority }) => priority));
    const serving = records.filter(({ priority }) => priority === lowest);
    const resolved = await Promise.all(
      serving.map(({ name, port, weight }) => resolveAddresses(name, port, Math.max(weight, 1))),
    );
    return {
      targets: resolved
        .flatMap(({ targets }) => targets)
        .sort((left, right) => left.address.localeCompare(right.address)),
      ttlMs: Math.min(...resolved.map(({ ttlMs }) => ttlMs), options.maxRefreshMs),
    };
  }

  return {
    async start(onTargets) {
      announce = onTargets;
      await refresh();
    },
    suspect() {
      if (stopped || performance.now() - resolvedAt < options.minRefreshMs) return;
      resolvedAt = performance.now();
      schedule(0);
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
      resolver.cancel();
    },
  };
}

/** Having only one kind of address is the rule, not a fault. */
function noRecords(error: unknown): [] {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENODATA' || code === 'ENOTFOUND') return [];
  throw error;
}
