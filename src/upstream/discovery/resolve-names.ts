import type { Resolver } from 'node:dns/promises';
import type { EndpointTarget } from '../endpoint.ts';

export interface NameQuestion {
  /** A host name, or for SRV a name such as `_grpc._tcp.orders.prod.svc.cluster.local`. */
  readonly name: string;
  /** Absent: SRV records, which bring their own ports and weights. */
  readonly port?: number | undefined;
  readonly template: Omit<EndpointTarget, 'address' | 'weight'>;
}

export interface Resolution {
  readonly targets: readonly EndpointTarget[];
  /** The shortest of the records; infinite where none told one, as SRV does not. */
  readonly ttlMs: number;
  /** What went wrong beside it: part of the targets is as it was known before. */
  readonly failure: unknown;
}

interface Address {
  readonly address: string;
  readonly ttl: number;
}

/**
 * Asks once for A and AAAA (every address is an endpoint, as of a headless Kubernetes service) or for SRV.
 * A name server that fails for one kind of record, or for one host of several, leaves what it said of it
 * last in force: its fault must not take half of the endpoints away. That a name has no such record is an
 * answer, not a fault.
 *
 * @returns a question that rejects where no address is known at all
 */
export function createNameResolution(
  resolver: Pick<Resolver, 'resolve4' | 'resolve6' | 'resolveSrv'>,
  { name, port, template }: NameQuestion,
): () => Promise<Resolution> {
  let remembered: ReadonlyMap<string, readonly Address[]> = new Map();

  return async function resolveNames() {
    const known = new Map<string, readonly Address[]>();
    const failures: unknown[] = [];

    async function ask(kind: 'resolve4' | 'resolve6', host: string): Promise<readonly Address[]> {
      const key = `${kind} ${host}`;
      try {
        known.set(key, await resolver[kind](host, { ttl: true }));
      } catch (error) {
        if (isAbsence(error)) return [];
        failures.push(error);
        const last = remembered.get(key);
        if (last !== undefined) known.set(key, last);
      }
      return known.get(key) ?? [];
    }

    async function addressesOf(host: string, hostPort: number, weight: number) {
      const [v4, v6] = await Promise.all([ask('resolve4', host), ask('resolve6', host)]);
      return [
        ...v4.map((each) => ({ ...each, address: `${each.address}:${hostPort}`, weight })),
        ...v6.map((each) => ({ ...each, address: `[${each.address}]:${hostPort}`, weight })),
      ];
    }

    async function servicesOf() {
      const records = await resolver.resolveSrv(name);
      // RFC 2782: only the lowest priority that is there serves; a weight of 0 still gets a little.
      const lowest = Math.min(...records.map(({ priority }) => priority));
      const serving = records.filter(({ priority }) => priority === lowest);
      const found = await Promise.all(
        serving.map((each) => addressesOf(each.name, each.port, Math.max(each.weight, 1))),
      );
      return found.flat();
    }

    const found = await (port === undefined ? servicesOf() : addressesOf(name, port, 1));
    if (found.length === 0) throw failures[0] ?? new Error(`${name} has no address`);
    remembered = known;
    return {
      targets: found
        .map(({ address, weight }) => ({ ...template, address, weight }))
        .sort((left, right) => left.address.localeCompare(right.address)),
      ttlMs: Math.min(...found.map(({ ttl }) => ttl)) * 1_000,
      failure: failures[0],
    };
  };
}

function isAbsence(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ENODATA' || code === 'ENOTFOUND';
}
