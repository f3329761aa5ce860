import { isDeepStrictEqual } from 'node:util';
import type { Discovery } from './discovery/discovery.ts';
import type { Endpoint, EndpointTarget } from './endpoint.ts';

export interface EndpointPoolOptions {
  readonly discovery: Discovery;
  /** `first`: the endpoint is of the first list, so it has nothing to warm up against. */
  readonly create: (target: EndpointTarget, first: boolean) => Endpoint;
  /** Begins whatever watches an endpoint; returns what ends it. */
  readonly watch: (endpoint: Endpoint) => () => void;
  /** How long calls on a removed endpoint may take to finish. */
  readonly drainMs: number;
  readonly onChange: (change: 'added' | 'removed' | 'changed', target: EndpointTarget) => void;
}

/**
 * The endpoints of one upstream as discovery says. The list is replaced, never edited, so a call that is
 * choosing sees one list; an endpoint that left finishes its calls before its connections close.
 */
export interface EndpointPool {
  readonly endpoints: readonly Endpoint[];
  /** Calls failed: the list may be old. */
  suspect(): void;
  close(graceMs: number): Promise<void>;
}

interface Member {
  readonly endpoint: Endpoint;
  readonly unwatch: () => void;
}

export async function createEndpointPool(options: EndpointPoolOptions): Promise<EndpointPool> {
  const { discovery } = options;
  let members: ReadonlyMap<string, Member> = new Map();
  let endpoints: readonly Endpoint[] = [];
  const draining = new Set<Promise<void>>();
  let first = true;

  function replace(targets: readonly EndpointTarget[]): void {
    const next = new Map<string, Member>();
    for (const target of targets) {
      if (next.has(target.address)) continue;
      const member = members.get(target.address);
      if (member !== undefined) change(member.endpoint, target);
      next.set(target.address, member ?? add(target));
    }
    const removed = [...members]
      .filter(([address]) => !next.has(address))
      .map(([, member]) => member);
    members = next;
    endpoints = [...next.values()].map(({ endpoint }) => endpoint);
    first = false;
    for (const member of removed) remove(member);
  }

  function add(target: EndpointTarget): Member {
    const endpoint = options.create(target, first);
    if (!first) options.onChange('added', target);
    return { endpoint, unwatch: options.watch(endpoint) };
  }

  /** Its connections and what is known of it stay: a canary's weight changes in many small steps. */
  function change(endpoint: Endpoint, target: EndpointTarget): void {
    if (isDeepStrictEqual(endpoint.target, target)) return;
    endpoint.target = target;
    options.onChange('changed', target);
  }

  function remove({ endpoint, unwatch }: Member): void {
    unwatch();
    options.onChange('removed', endpoint.target);
    const drained = endpoint.transport.close(options.drainMs).finally(() => {
      draining.delete(drained);
    });
    draining.add(drained);
  }

  await discovery.start(replace);

  return {
    get endpoints() {
      return endpoints;
    },
    suspect: () => discovery.suspect(),
    async close(graceMs) {
      discovery.stop();
      for (const { unwatch } of members.values()) unwatch();
      await Promise.all([
        ...draining,
        ...[...members.values()].map(({ endpoint }) => endpoint.transport.close(graceMs)),
      ]);
    },
  };
}
