import { type Algorithm, isAlgorithm } from '../../lib/signature-algorithm.ts';
import type { Identity } from '../identity.ts';
import { unauthenticated } from '../refusal.ts';
import { checkClaims } from './check-claims.ts';
import { readGrants } from './read-grants.ts';
import { readToken } from './read-token.ts';
import type { TrustedIssuer } from './trusted-issuer.ts';
import { verifySignature } from './verify-signature.ts';

export interface TokenVerifierOptions {
  readonly issuers: readonly TrustedIssuer[];
  /** Default 8 KiB: what a header line may carry on most servers. */
  readonly maxTokenBytes?: number;
  /** Milliseconds since the epoch. Default `Date.now`. */
  readonly now?: () => number;
}

/** Rejects with UNAUTHENTICATED, or with UNAVAILABLE while the issuer's keys cannot be read. */
export type TokenVerifier = (token: string) => Promise<Identity>;

/**
 * Verifies JWTs (RFC 7519) of several issuers along RFC 8725. The claims are looked at before the
 * signature as well only to find the issuer; everything else waits until the signature holds.
 */
export function createTokenVerifier(options: TokenVerifierOptions): TokenVerifier {
  const { maxTokenBytes = 8_192, now = Date.now } = options;
  const issuers = new Map(options.issuers.map((issuer) => [issuer.issuer, issuer]));

  return async function verifyToken(token) {
    const unverified = readToken(token, maxTokenBytes);
    const { header, claims } = unverified;
    const issuer = typeof claims.iss === 'string' ? issuers.get(claims.iss) : undefined;
    if (issuer === undefined) {
      throw unauthenticated('TOKEN_ISSUER_UNKNOWN', 'The issuer of the token is not trusted here.');
    }
    const algorithm = acceptedAlgorithm(header.alg, issuer);
    const key = await issuer.keys.find(header, algorithm);
    await verifySignature(token, key, algorithm);
    const registered = checkClaims(unverified, issuer, now());
    return Object.freeze({
      proof: 'jwt',
      issuer: issuer.issuer,
      ...registered,
      ...readGrants(claims, issuer),
      claims,
    });
  };
}

function acceptedAlgorithm(name: string, issuer: TrustedIssuer): Algorithm {
  if (isAlgorithm(name) && issuer.algorithms.includes(name)) return name;
  throw unauthenticated(
    'TOKEN_ALGORITHM_REFUSED',
    'The signature algorithm of the token is not accepted from its issuer.',
  );
}
