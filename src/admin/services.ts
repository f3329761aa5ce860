import type { ContractSnapshot } from '../contract/snapshot.ts';
import type { EndpointCondition } from '../upstream/read-endpoint.ts';
import type { Upstream } from '../upstream/upstream.ts';
import type { WorkerRoute } from './admin-route.ts';

/** An endpoint as `GET /admin/services` shows it. Durations in milliseconds. */
export interface EndpointView {
  readonly address: string;
  readonly weight: number;
  readonly zone: string;
  readonly version: string;
  /** Whether a new call may go there now. */
  readonly available: boolean;
  readonly breaker: string;
  /** What health checks last said. */
  readonly health: string;
  /** While outlier detection keeps it out; null otherwise. */
  readonly ejected: EndpointCondition['ejection'] | null;
  readonly inFlight: number;
  /** A moving average over queries and mutations; null until there were enough. */
  readonly averageMs: number | null;
  /** Attempts so far, by gRPC status. */
  readonly attempts: Readonly<Record<string, number>>;
  /** The last that spoke against the endpoint; null where there was none. */
  readonly lastError: EndpointCondition['lastError'] | null;
}

export interface ServicesView {
  readonly upstreams: readonly {
    readonly name: string;
    /** Full names of the contract's services that it serves. */
    readonly services: readonly string[];
    /** Of each that was called, where they have breakers of their own (`serviceBreaker`). */
    readonly serviceBreakers: Readonly<Record<string, string>>;
    readonly endpoints: readonly EndpointView[];
  }[];
}

/** `GET /admin/services`: what is published, who serves it, and how they are. */
export function createServicesRoute(
  { methods }: Pick<ContractSnapshot, 'methods'>,
  upstreams: () => Iterable<Pick<Upstream, 'name' | 'services' | 'read'>>,
): WorkerRoute {
  const services = Map.groupBy(methods.values(), ({ upstream }) => upstream);

  function view(): ServicesView {
    return {
      upstreams: [...upstreams()].map(({ name, services: conditions, read }) => ({
        name,
        services: [
          ...new Set(
            (services.get(name) ?? []).map(({ descriptor }) => descriptor.parent.typeName),
          ),
        ],
        serviceBreakers: Object.fromEntries(
          conditions.map(({ service, breaker }) => [service, breaker]),
        ),
        endpoints: read().map(toView),
      })),
    };
  }

  return { method: 'GET', path: 'services', answer: () => ({ body: view() }) };
}

function toView(endpoint: EndpointCondition): EndpointView {
  const { target, available, breaker, health, inFlight, meter } = endpoint;
  return {
    ...target,
    available,
    breaker,
    health,
    ejected: endpoint.ejection ?? null,
    inFlight,
    averageMs: endpoint.averageMs ?? null,
    attempts: Object.fromEntries(meter.attempts.entries()),
    lastError: endpoint.lastError ?? null,
  };
}
