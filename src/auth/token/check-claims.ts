import { unauthenticated } from '../refusal.ts';
import type { UnverifiedToken } from './read-token.ts';
import type { TrustedIssuer } from './trusted-issuer.ts';

/** The registered claims (RFC 7519 section 4.1) of a token that passed. Times in milliseconds. */
export interface RegisteredClaims {
  readonly subject: string;
  readonly tokenId: string | undefined;
  readonly sessionId: string | undefined;
  readonly issuedAtMs: number;
  readonly expiresAtMs: number;
}

/**
 * Checks `typ`, `aud`, `exp`, `nbf`, `iat` and `sub`. A token without `exp` or `sub` is refused: one
 * would live for ever, the other is nobody's.
 * @throws WeirError UNAUTHENTICATED with the name of the claim.
 */
export function checkClaims(
  { header, claims }: UnverifiedToken,
  issuer: TrustedIssuer,
  nowMs: number,
): RegisteredClaims {
  checkType(header.typ, issuer.types);
  checkAudience(claims.aud, issuer.audiences);
  const expiresAtMs = timeOf(claims, 'exp');
  if (expiresAtMs === undefined) throw missing('exp');
  if (nowMs >= expiresAtMs + issuer.clockSkewMs) {
    throw unauthenticated('TOKEN_EXPIRED', 'The token has expired.');
  }
  const notBeforeMs = timeOf(claims, 'nbf');
  const issuedAtMs = timeOf(claims, 'iat');
  for (const beginsAtMs of [notBeforeMs, issuedAtMs]) {
    if (beginsAtMs !== undefined && beginsAtMs > nowMs + issuer.clockSkewMs) {
      throw unauthenticated('TOKEN_NOT_YET_VALID', 'The token is not valid yet.');
    }
  }
  const subject = textOf(claims, 'sub');
  if (subject === undefined) throw missing('sub');
  return {
    subject,
    tokenId: textOf(claims, 'jti'),
    sessionId: textOf(claims, 'sid'),
    issuedAtMs: issuedAtMs ?? notBeforeMs ?? 0,
    // The skew is the issuer's, so the token dies for its streams when it would be refused for calls.
    expiresAtMs: expiresAtMs + issuer.clockSkewMs,
  };
}

/** RFC 8725 section 3.11, and RFC 7515 section 4.1.9 for the prefix that may be left out. */
function checkType(type: string | undefined, accepted: readonly string[]): void {
  const name = (type ?? '').toLowerCase().replace(/^application\//, '');
  if (accepted.includes(name)) return;
  throw unauthenticated(
    'TOKEN_TYPE_REFUSED',
    name === '' ? 'The token has no "typ".' : 'Tokens of this "typ" are not accepted here.',
  );
}

function checkAudience(audience: unknown, accepted: readonly string[]): void {
  const named = Array.isArray(audience) ? audience : [audience];
  if (named.some((name) => typeof name === 'string' && accepted.includes(name))) return;
  throw unauthenticated('TOKEN_AUDIENCE_WRONG', 'The token was not issued for this gateway.');
}

/** A NumericDate (RFC 7519 section 2) in milliseconds. */
function timeOf(claims: Readonly<Record<string, unknown>>, name: string): number | undefined {
  const seconds = claims[name];
  if (seconds === undefined) return undefined;
  if (typeof seconds !== 'number' || !Number.isFinite(seconds)) throw malformed(name, 'a number');
  return seconds * 1000;
}

function textOf(claims: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const text = claims[name];
  if (text === undefined) return undefined;
  if (typeof text !== 'string' || text === '') throw malformed(name, 'text');
  return text;
}

function missing(name: string) {
  return unauthenticated('TOKEN_CLAIM_MISSING', `The token has no "${name}".`);
}

function malformed(name: string, expected: string) {
  return unauthenticated('TOKEN_CLAIM_MALFORMED', `The token's "${name}" is not ${expected}.`);
}
