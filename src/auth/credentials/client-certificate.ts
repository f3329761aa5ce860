import type { Identity } from '../identity.ts';
import { unauthenticated } from '../refusal.ts';

/** What Weir looks at of a certificate whose chain TLS has verified already (`tls.PeerCertificate`). */
export interface ClientCertificate {
  readonly subjectaltname: string | undefined;
  readonly commonName: string | undefined;
  /** SHA-256, hexadecimal with colons. */
  readonly fingerprint256: string;
  /** As TLS prints it, for example `Nov 22 21:00:00 2027 GMT`. */
  readonly validFrom: string;
  readonly validTo: string;
}

/** Exactly one of the names is compared, and exactly as a whole: no patterns, no prefixes. */
export interface CertificateRule {
  readonly match:
    | { readonly uri: string }
    | { readonly dns: string }
    | { readonly commonName: string }
    | { readonly fingerprint256: string };
  readonly subject: string;
  readonly roles: readonly string[];
  readonly permissions: readonly string[];
}

export const CERTIFICATE_ISSUER = 'weir:certificate';

/**
 * The identity of a client certificate by the first rule that fits.
 * @throws WeirError UNAUTHENTICATED where none does: a certificate of the right authority alone is not an identity.
 */
export function identifyCertificate(
  certificate: ClientCertificate,
  rules: readonly CertificateRule[],
): Identity {
  const rule = rules.find(({ match }) => matches(certificate, match));
  if (rule === undefined) {
    throw unauthenticated('CERTIFICATE_UNKNOWN', 'No identity belongs to the client certificate.');
  }
  return Object.freeze({
    proof: 'certificate',
    issuer: CERTIFICATE_ISSUER,
    subject: rule.subject,
    roles: rule.roles,
    permissions: rule.permissions,
    claims: {},
    tokenId: certificate.fingerprint256,
    sessionId: undefined,
    issuedAtMs: Date.parse(certificate.validFrom),
    expiresAtMs: Date.parse(certificate.validTo),
  });
}

function matches(certificate: ClientCertificate, match: CertificateRule['match']): boolean {
  if ('uri' in match) return alternativeNames(certificate).includes(`URI:${match.uri}`);
  if ('dns' in match) return alternativeNames(certificate).includes(`DNS:${match.dns}`);
  if ('commonName' in match) return certificate.commonName === match.commonName;
  return certificate.fingerprint256 === match.fingerprint256.toUpperCase();
}

/**
 * The entries of `subjectaltname`. One that holds a comma is printed in quotes since CVE-2021-44532;
 * a text with quotes gives no names at all, so that none can be smuggled in.
 */
function alternativeNames({ subjectaltname = '' }: ClientCertificate): readonly string[] {
  return subjectaltname.includes('"') ? [] : subjectaltname.split(', ');
}
