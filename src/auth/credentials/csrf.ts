import { hash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Identity } from '../identity.ts';
import { unauthenticated } from '../refusal.ts';

/** The cookie a page reads to send the same value back in `x-csrf-token`. */
export const CSRF_COOKIE = 'weir_csrf';
/** The claim that binds an access token in a cookie to its CSRF token. */
export const CSRF_CLAIM = 'csh';

export function createCsrfToken(): string {
  return randomBytes(32).toString('base64url');
}

export function digestCsrfToken(token: string): string {
  return hash('sha256', token, 'base64url');
}

/**
 * Double submit, bound to the session: the header must carry what the access token holds the digest of.
 * A page of another origin can make a browser send the cookie but cannot set the header, and a cookie
 * planted by a sibling domain does not fit the token.
 */
export function checkCsrf(identity: Identity, csrfToken: string | undefined): void {
  const digest = identity.claims[CSRF_CLAIM];
  if (typeof digest === 'string' && csrfToken !== undefined && sameDigest(csrfToken, digest))
    return;
  throw unauthenticated(
    'CSRF_TOKEN_WRONG',
    'A call that signs in by cookie must send the value of the cookie "weir_csrf" as "x-csrf-token".',
  );
}

/** Whether `token` is the one with this digest; takes the same time either way. */
export function sameDigest(token: string, digest: string): boolean {
  const given = Buffer.from(digestCsrfToken(token));
  const expected = Buffer.from(digest);
  return given.length === expected.length && timingSafeEqual(given, expected);
}
