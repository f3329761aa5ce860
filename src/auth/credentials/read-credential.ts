import { unauthenticated } from '../refusal.ts';
import { readCookie } from './read-cookie.ts';

/** What a caller showed, not verified yet. */
export type Credential =
  | { readonly kind: 'none' }
  | { readonly kind: 'bearer'; readonly token: string }
  | { readonly kind: 'apiKey'; readonly key: string }
  | { readonly kind: 'ticket'; readonly ticket: string }
  | { readonly kind: 'cookie'; readonly token: string; readonly csrfToken: string | undefined };

export type CallerHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** The cookie that carries the access token of a browser. */
export const ACCESS_COOKIE = 'weir_access';

const NONE: Credential = { kind: 'none' };
const BEARER = /^bearer +([\x21-\x7e]+) *$/i;

/**
 * Finds the credential among the headers; on a WebSocket and for SSE these are overlaid by the
 * connectionParams, so `{ authorization: 'Bearer …' }` and `{ ticket: '…' }` work there too.
 * The first found decides alone: a wrong one never falls through to the next.
 * @throws WeirError UNAUTHENTICATED when there is one that cannot be read.
 */
export function readCredential(headers: CallerHeaders): Credential {
  const authorization = headers.authorization;
  if (authorization !== undefined) {
    const token = typeof authorization === 'string' ? BEARER.exec(authorization)?.[1] : undefined;
    if (token === undefined) {
      throw unauthenticated(
        'CREDENTIALS_MALFORMED',
        'The "authorization" header is not "Bearer" and one token (RFC 6750 section 2.1).',
      );
    }
    return { kind: 'bearer', token };
  }
  const key = headers['x-api-key'];
  if (key !== undefined) return { kind: 'apiKey', key: single(key, 'x-api-key') };
  const { ticket } = headers;
  if (ticket !== undefined) return { kind: 'ticket', ticket: single(ticket, 'ticket') };
  const token = readCookie(headers.cookie, ACCESS_COOKIE);
  if (token === undefined) return NONE;
  const csrf = headers['x-csrf-token'];
  return {
    kind: 'cookie',
    token,
    csrfToken: csrf === undefined ? undefined : single(csrf, 'x-csrf-token'),
  };
}

function single(value: string | string[], name: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw unauthenticated('CREDENTIALS_MALFORMED', `"${name}" does not have exactly one value.`);
}
