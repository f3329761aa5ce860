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

  /** A list with an endpoint that cannot be made changes nothing. */
  function replace(targets: readonly EndpointTarget[]): void {
    const added = addNew(targets);
    const next = new Map<string, Member>();
    for (const target of targets) {
      if (next.has(target.address)) continue;
      const known = members.get(target.address);
      if (known !== undefined) change(known.endpoint, target);
      const member = known ?? added.get(target.address);
      if (member !== undefined) next.set(target.address, member);
    }
    const removed = [...members]
      .filter(([address]) => !next.has(address))
      .map(([, member]) => member);
    members = next;
    endpoints = [...next.values()].map(({ endpoint }) => endpoint);
    first = false;
    for (const member of removed) remove(member);
  }

  function addNew(targets: readonly EndpointTarget[]): ReadonlyMap<string, Member> {
    const added = new Map<string, Member>();
    try {
      for (const target of targets) {
        const { address } = target;
        if (!members.has(address) && !added.has(address)) added.set(address, add(target));
      }
    } catch (error) {
      for (const { endpoint, unwatch } of added.values()) {
        unwatch();
        drain(endpoint, 0);
      }
      throw error;
    }
    if (!first)
      for (const { endpoint } of added.values()) options.onChange('added', endpoint.target);
    return added;
  }

  function add(target: EndpointTarget): Member {
    const endpoint = options.create(target, first);
    try {
      return { endpoint, unwatch: options.watch(endpoint) };
    } catch (error) {
      drain(endpoint, 0);
      throw error;
    }
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
    drain(endpoint, options.drainMs);
  }

  function drain({ transport }: Endpoint, graceMs: number): void {
    const forget = (): void => void draining.delete(drained);
    const drained = transport.close(graceMs).then(forget, forget);
    draining.add(drained);
  }

  async function close(graceMs: number): Promise<void> {
    discovery.stop();
    for (const { unwatch } of members.values()) unwatch();
    await Promise.all([
      ...draining,
      ...[...members.values()].map(({ endpoint }) => endpoint.transport.close(graceMs)),
    ]);
  }

  try {
    await discovery.start(replace);
  } catch (error) {
    await close(0);
    throw error;
  }

  return {
    get endpoints() {
      return endpoints;
    },
    suspect: () => discovery.suspect(),
    close,
  };
}
