import type { CacheOutcome, CacheStatus } from './answer-cache.ts';
import type { CacheRule } from './cache-rules.ts';
import type { CachedAnswer } from './cached-answer.ts';

/** What was done, in the words of RFC 9211 §2. */
const STATUS = {
  hit: 'weir; hit',
  stale: 'weir; hit; fwd=stale',
  miss: 'weir; fwd=uri-miss; stored',
  coalesced: 'weir; fwd=uri-miss; collapsed',
} as const;

type Headers = readonly (readonly [name: string, value: string])[];

/** An answer asked for thousands of times a second has the same headers each time of that second. */
const told = new WeakMap<
  CachedAnswer,
  { status: CacheStatus; open: boolean; ageSeconds: number; headers: Headers }
>();

/**
 * `Cache-Status` (RFC 9211), `Age` (RFC 9111 §5.1), and for answers that are the same for everyone
 * `Cache-Control`, so that browsers and proxies may keep them for as long as Weir does.
 * @param open whether everyone may ask; what needs a credential must not lie in a shared cache
 */
export function cacheHeaders(
  { status, answer }: CacheOutcome,
  { scope, terms }: CacheRule,
  open: boolean,
  now: number,
): Headers {
  const ageSeconds = toSeconds(now - answer.storedAt);
  const last = told.get(answer);
  if (last?.status === status && last.open === open && last.ageSeconds === ageSeconds) {
    return last.headers;
  }
  const headers = createHeaders({ status, answer }, { scope, terms }, open, ageSeconds);
  told.set(answer, { status, open, ageSeconds, headers });
  return headers;
}

function createHeaders(
  { status, answer }: CacheOutcome,
  { scope, terms }: Pick<CacheRule, 'scope' | 'terms'>,
  open: boolean,
  ageSeconds: number,
): Headers {
  const headers: (readonly [string, string])[] = [['cache-status', STATUS[status]]];
  if (ageSeconds > 0) headers.push(['age', String(ageSeconds)]);
  if (scope === 'public' && open && status !== 'stale') {
    const freshSeconds = toSeconds(answer.freshUntil - answer.storedAt);
    const ifError = toSeconds(terms.staleIfErrorMs);
    const extension = ifError > 0 ? `, stale-if-error=${ifError}` : '';
    headers.push(['cache-control', `public, max-age=${freshSeconds}${extension}`]);
  }
  return headers;
}

function toSeconds(ms: number): number {
  return Math.max(0, Math.floor(ms / 1_000));
}
