import { hash } from 'node:crypto';
import { type Identity, isAnonymous } from './identity.ts';
import { SIGNING_ALGORITHM, type SigningKeys } from './issuer/signing-keys.ts';
import { jose } from './jose.ts';

/** gRPC metadata, lower-case names. */
export type IdentityMetadata = readonly (readonly [name: string, value: string])[];

/**
 * Puts the verified identity into metadata for one upstream. At once where it was made before, because
 * this stands on the path of every call.
 */
export type BackendIdentity = (
  identity: Identity,
  upstream: string,
  /** The caller's own token, for upstreams that are to get it. */
  token: () => string | undefined,
) => IdentityMetadata | Promise<IdentityMetadata>;

/** What one upstream is told. */
export interface BackendIdentityRule {
  readonly identity: 'metadata' | 'token' | 'none';
  readonly forwardToken: boolean;
}

type Describe = (
  identity: Identity,
  upstream: string,
) => IdentityMetadata | Promise<IdentityMetadata>;

const DEFAULT_RULE: BackendIdentityRule = { identity: 'metadata', forwardToken: false };

/** Tells each upstream what its rule says; by default plain metadata. */
export function createBackendIdentity(
  rules: Readonly<Record<string, BackendIdentityRule>>,
  tokens: IdentityTokenOptions,
): BackendIdentity {
  const byUpstream = new Map(Object.entries(rules));
  const describe: Record<BackendIdentityRule['identity'], Describe> = {
    metadata: createPlainIdentity(),
    token: createIdentityTokens(tokens),
    none: () => NOBODY,
  };
  return (identity, upstream, token) => {
    const rule = byUpstream.get(upstream) ?? DEFAULT_RULE;
    const metadata = describe[rule.identity](identity, upstream);
    if (!rule.forwardToken) return metadata;
    const forwarded = token();
    if (forwarded === undefined) return metadata;
    const withToken = (described: IdentityMetadata): IdentityMetadata => [
      ...described,
      ['authorization', `Bearer ${forwarded}`],
    ];
    return metadata instanceof Promise ? metadata.then(withToken) : withToken(metadata);
  };
}

const NOBODY: IdentityMetadata = [];

/**
 * Names that only Weir may write. `x-weir-` is Weir's own; the rest are what backends and the proxies
 * before them customarily believe.
 */
const RESERVED =
  /^(?:x-weir-.*|authorization|proxy-authorization|cookie|set-cookie|ticket|x-api-key|x-csrf-token|x-forwarded-.*|forwarded|x-real-ip|x-client-ip|x-user|x-user-.*|x-auth-.*|x-remote-.*|x-envoy-.*|x-goog-authenticated-.*|x-amzn-oidc-.*|x-ms-client-principal.*|grpc-.*|:.*)$/;

/** Whether a caller's header of this name must never reach a backend as metadata, whatever a list allows. */
export function isReservedMetadata(name: string): boolean {
  return RESERVED.test(name.toLowerCase().replace(/_/g, '-'));
}

/** The identity as plain text: `x-weir-subject`, `x-weir-issuer`, `x-weir-roles` with commas. */
export function createPlainIdentity(): Describe {
  const known = new WeakMap<Identity, IdentityMetadata>();
  return (identity) => {
    if (isAnonymous(identity)) return NOBODY;
    let metadata = known.get(identity);
    if (metadata === undefined) {
      metadata = [
        ['x-weir-subject', toAscii(identity.subject)],
        ['x-weir-issuer', toAscii(identity.issuer)],
        ['x-weir-roles', identity.roles.map(toAscii).join(',')],
      ];
      known.set(identity, metadata);
    }
    return metadata;
  };
}

export interface IdentityTokenOptions {
  readonly issuer: string;
  readonly keys: SigningKeys;
  /** Default 60 seconds: a call uses it at once, and a stolen one should be worth little. */
  readonly ttlMs?: number;
  /** Milliseconds since the epoch. Default `Date.now`. */
  readonly now?: () => number;
}

/**
 * The identity as a JWT in `x-weir-identity`, signed by Weir for one upstream (`aud`). Made once per
 * identity and upstream and used for half its life, so that a hot caller costs no signature.
 */
export function createIdentityTokens(options: IdentityTokenOptions): Describe {
  const { issuer, keys, ttlMs = 60_000, now = Date.now } = options;
  type Signed = { readonly renewAtMs: number; readonly metadata: IdentityMetadata };
  const known = new WeakMap<Identity, Map<string, Signed>>();

  async function sign(identity: Identity, audience: string): Promise<IdentityMetadata> {
    const { kid, privateKey } = await keys.current();
    const nowMs = now();
    const token = await new (jose().SignJWT)({
      roles: [...identity.roles],
      permissions: [...identity.permissions],
      // Who vouched for the subject in the first place.
      idp: identity.issuer,
      amr: [identity.proof],
    })
      .setProtectedHeader({ alg: SIGNING_ALGORITHM, kid, typ: 'weir-identity+jwt' })
      .setIssuer(issuer)
      .setAudience(audience)
      .setSubject(identity.subject)
      .setJti(hash('sha256', `${identity.tokenId} ${audience} ${nowMs}`, 'base64url'))
      .setIssuedAt(Math.floor(nowMs / 1000))
      .setExpirationTime(Math.ceil(Math.min(nowMs + ttlMs, identity.expiresAtMs) / 1000))
      .sign(privateKey);
    const metadata: IdentityMetadata = [['x-weir-identity', token]];
    const byAudience = known.get(identity) ?? new Map<string, Signed>();
    byAudience.set(audience, { renewAtMs: nowMs + ttlMs / 2, metadata });
    known.set(identity, byAudience);
    return metadata;
  }

  return (identity, audience) => {
    if (isAnonymous(identity)) return NOBODY;
    const signed = known.get(identity)?.get(audience);
    if (signed !== undefined && now() < signed.renewAtMs) return signed.metadata;
    return sign(identity, audience);
  };
}

/** Metadata is ASCII (gRPC over HTTP/2, "Custom-Metadata"); the rest is percent-encoded, as is "%" and ",". */
function toAscii(text: string): string {
  return text.replace(/[^\x21-\x24\x26-\x2b\x2d-\x7e]/gu, (character) =>
    [...Buffer.from(character, 'utf8')]
      .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`)
      .join(''),
  );
}
