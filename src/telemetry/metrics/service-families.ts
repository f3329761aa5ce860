import { type Family, toLabels } from './family.ts';
import type { UpstreamReading } from './upstream-families.ts';

/** Of the contract: which upstream serves a service. */
export interface ServedService {
  /** For example `market.v1.QuoteService`. */
  readonly service: string;
  readonly upstream: string;
}

/** Whether services can be called, each in one number, for who does not want to know of endpoints. */
export function serviceFamilies(
  served: readonly ServedService[],
  read: () => Iterable<UpstreamReading>,
): readonly Family[] {
  return [
    {
      name: 'weir_service_available',
      help: '1 while calls of the service go to a backend: some endpoint takes calls, and no breaker holds the service back; with several workers, of each of them.',
      type: 'gauge',
      join: 'min',
      *samples() {
        const upstreams = new Map([...read()].map((upstream) => [upstream.name, upstream]));
        for (const { service, upstream } of served) {
          const reading = upstreams.get(upstream);
          const takesCalls = reading?.endpoints.some(({ available }) => available) ?? false;
          const heldBack = reading?.services.some(
            (each) => each.service === service && each.breaker === 'open',
          );
          const value = Number(takesCalls && heldBack !== true);
          yield { suffix: '', labels: toLabels({ service, upstream }), value };
        }
      },
    },
  ];
}
