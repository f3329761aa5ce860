import { Resolver } from 'node:dns/promises';
import type { Random } from '../../lib/clock.ts';
import type { EndpointTarget } from '../endpoint.ts';
import type { Discovery, DiscoveryEvents } from './discovery.ts';
import { createNameResolution, type NameQuestion } from './resolve-names.ts';

export interface DnsOptions extends NameQuestion {
  /** Bounds for the records' own TTL. */
  readonly minRefreshMs: number;
  readonly maxRefreshMs: number;
  /** `address` or `address:port` of name servers; default: the system's. */
  readonly servers?: readonly string[] | undefined;
  /** How long a name server may take before it is asked once more. */
  readonly timeoutMs: number;
  readonly random: Random;
  readonly events: DiscoveryEvents;
}

/** A name that is not there yet is asked for at least this often: an upstream without a list refuses every call. */
const LONGEST_RETRY_MS = 5_000;

/**
 * Resolves again when the TTL is over, and soon after calls failed. A name that does not resolve, for
 * whatever reason, keeps the last list, because a name server that is down is no reason to stop calling
 * backends that are up; it is asked again with growing pauses.
 */
export function createDnsDiscovery(options: DnsOptions): Discovery {
  const { minRefreshMs, maxRefreshMs, events } = options;
  const resolver = new Resolver({ timeout: options.timeoutMs, tries: 2 });
  if (options.servers !== undefined) resolver.setServers(options.servers);
  const resolveNames = createNameResolution(resolver, options);
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let refreshing = false;
  let failures = 0;
  let resolvedAt = Number.NEGATIVE_INFINITY;
  let known = '';
  let announce: (targets: readonly EndpointTarget[]) => void = () => {};

  async function refresh(): Promise<void> {
    if (refreshing) return;
    refreshing = true;
    let waitMs: number;
    try {
      const { targets, ttlMs, failure } = await resolveNames();
      if (stopped) return;
      take(targets);
      if (failure !== undefined) throw failure;
      failures = 0;
      events.discovered();
      waitMs = Math.min(Math.max(ttlMs, minRefreshMs), maxRefreshMs);
    } catch (error) {
      if (stopped) return;
      events.discoveryFailed(error);
      const longest = Math.max(minRefreshMs, Math.min(maxRefreshMs, LONGEST_RETRY_MS));
      waitMs = Math.min(minRefreshMs * 2 ** failures, longest) * (0.8 + 0.4 * options.random());
      failures++;
    } finally {
      refreshing = false;
    }
    resolvedAt = performance.now();
    schedule(waitMs);
  }

  function take(targets: readonly EndpointTarget[]): void {
    const text = JSON.stringify(targets);
    if (text === known) return;
    announce(targets);
    known = text;
  }

  function schedule(ms: number): void {
    clearTimeout(timer);
    timer = setTimeout(() => void refresh(), ms);
    timer.unref();
  }

  return {
    async start(onTargets) {
      announce = onTargets;
      await refresh();
    },
    suspect() {
      if (stopped || refreshing || performance.now() - resolvedAt < minRefreshMs) return;
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
