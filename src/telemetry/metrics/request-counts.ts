import type { Family } from './family.ts';

/**
 * Where requests go that are no calls of procedures; `auth` has the public keys as well, `websocket` upgrades
 * alone, `unknown` is every path that is nowhere, and `unreadable` what is no request by RFC 9112, too large for
 * one, or too slow.
 */
export const REQUEST_ROUTES = [
  'auth',
  'admin',
  'health',
  'metrics',
  'assets',
  'preflight',
  'websocket',
  'unknown',
  'unreadable',
] as const;
export type RequestRoute = (typeof REQUEST_ROUTES)[number];

/** `cut`: the caller left, or the answer broke off, before it was written. */
const STATUSES = ['1xx', '2xx', '3xx', '4xx', '5xx', 'cut'] as const;

/** How often requests that are no calls were answered, by route and class of status. */
export class RequestCounts {
  readonly #counts = new Map(
    REQUEST_ROUTES.map((route) => [route, new Float64Array(STATUSES.length)]),
  );

  /** @param status undefined for an answer that was not written to its end. */
  count(route: RequestRoute, status: number | undefined): void {
    const counts = this.#counts.get(route);
    const position = status === undefined ? STATUSES.length - 1 : Math.floor(status / 100) - 1;
    if (counts !== undefined) counts[position] = (counts[position] ?? 0) + 1;
  }

  /** Those that happened, and of each route what is usual, so that a rate can be taken from the first on. */
  *entries(): Iterable<readonly [route: RequestRoute, status: string, count: number]> {
    for (const [route, counts] of this.#counts) {
      for (const [position, status] of STATUSES.entries()) {
        const count = counts[position] ?? 0;
        if (count > 0 || status === usualOf(route)) yield [route, status, count];
      }
    }
  }
}

function usualOf(route: RequestRoute): (typeof STATUSES)[number] {
  if (route === 'websocket') return '1xx';
  return route === 'unknown' || route === 'unreadable' ? '4xx' : '2xx';
}

export function requestFamilies(counts: RequestCounts): readonly Family[] {
  return [
    {
      name: 'weir_http_requests',
      help: 'HTTP requests that are no calls, by where they went and class of status; websocket has upgrades, unreadable what was no request.',
      type: 'counter',
      *samples() {
        for (const [route, status, value] of counts.entries()) {
          yield { suffix: '', labels: `route="${route}",status="${status}"`, value };
        }
      },
    },
  ];
}
