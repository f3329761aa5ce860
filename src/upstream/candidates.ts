import { type Endpoint, isAvailable, looksHealthy } from './endpoint.ts';
import type { UpstreamEvents } from './upstream-events.ts';

/**
 * Who may take a call now. When too few look healthy, the checks are more likely wrong than all the
 * backends, and the few must not drown: then everyone is asked, whatever health checks and outlier
 * detection say (Envoy's panic threshold). Breakers still hold, because they saw the calls themselves fail;
 * and where one has tripped too, the checks were right, so such an endpoint says nothing against them.
 * A ramp alone turns no call away: it spares an endpoint by sending calls elsewhere, and where there is
 * nowhere else it is over at once.
 */
export interface Candidates {
  among(endpoints: readonly Endpoint[], now: number): readonly Endpoint[];
  /** The condition of some endpoint is no longer what it was. */
  conditionChanged(): void;
}

/**
 * Asked on every call, so it looks only at those in doubt: the endpoints that were well when a condition
 * last changed still are.
 *
 * @param panicThreshold share of endpoints, 0 to 1; 0 never panics
 */
export function createCandidates(panicThreshold: number): Candidates {
  let known: readonly Endpoint[] | undefined;
  let well: readonly Endpoint[] = [];
  let inDoubt: readonly Endpoint[] = [];

  function among(endpoints: readonly Endpoint[], now: number): readonly Endpoint[] {
    if (endpoints !== known) {
      known = endpoints;
      well = endpoints.filter((endpoint) => isWell(endpoint, now));
      inDoubt = endpoints.filter((endpoint) => !isWell(endpoint, now));
    }
    if (inDoubt.length === 0) return endpoints;
    const healthy = well.length + inDoubt.filter((each) => looksHealthy(each, now)).length;
    const disputed = endpoints.length - inDoubt.filter((each) => isProvenBad(each, now)).length;
    if (healthy < Math.max(disputed, 1) * panicThreshold) {
      const entered = endpoints.filter(({ breaker }) => breaker.mayEnter());
      return entered.length > 0 ? entered : endpoints.filter(isRamping);
    }
    const available = inDoubt.filter((endpoint) => isAvailable(endpoint, now));
    if (available.length > 0) return [...well, ...available];
    if (well.length > 0) return well;
    return inDoubt.filter((endpoint) => looksHealthy(endpoint, now) && isRamping(endpoint));
  }

  return {
    among,
    conditionChanged() {
      known = undefined;
    },
  };
}

/** Available, and will be until an event says otherwise. */
function isWell(endpoint: Endpoint, now: number): boolean {
  return looksHealthy(endpoint, now) && endpoint.breaker.state.name === 'closed';
}

/** Its checks and its calls agree. */
function isProvenBad(endpoint: Endpoint, now: number): boolean {
  const { name } = endpoint.breaker.state;
  return !looksHealthy(endpoint, now) && (name === 'open' || name === 'halfOpen');
}

function isRamping({ breaker }: Endpoint): boolean {
  return breaker.state.name === 'ramping';
}

/** The same events, of which the candidates hear first. */
export function tellCandidates(candidates: Candidates, events: UpstreamEvents): UpstreamEvents {
  return {
    ...events,
    breakerChanged(...change) {
      candidates.conditionChanged();
      events.breakerChanged(...change);
    },
    healthChanged(...change) {
      candidates.conditionChanged();
      events.healthChanged(...change);
    },
    ejected(...change) {
      candidates.conditionChanged();
      events.ejected(...change);
    },
  };
}
