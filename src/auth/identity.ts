/** How the caller proved who it is. */
export type Proof = 'none' | 'jwt' | 'apiKey' | 'certificate';

/** Who is calling, as verified. Frozen: a change of roles makes a new one. */
export interface Identity {
  readonly proof: Proof;
  /** The `iss` of the token; `weir:api-key` and `weir:certificate` for the others, empty for nobody. */
  readonly issuer: string;
  /** Unique within the issuer; empty for nobody. */
  readonly subject: string;
  readonly roles: readonly string[];
  /** Permissions the token itself carries, beside those its roles bring. */
  readonly permissions: readonly string[];
  /** The verified claims; empty where there was no token. */
  readonly claims: Readonly<Record<string, unknown>>;
  /** `jti`, RFC 7519 section 4.1.7. */
  readonly tokenId: string | undefined;
  /** `sid`: the login this token descends from. */
  readonly sessionId: string | undefined;
  /** Milliseconds since the epoch. */
  readonly issuedAtMs: number;
  /** Milliseconds since the epoch; `Infinity` where nothing expires. */
  readonly expiresAtMs: number;
}

/** A caller who showed no credential at all. */
export const ANONYMOUS: Identity = Object.freeze({
  proof: 'none',
  issuer: '',
  subject: '',
  roles: Object.freeze([]),
  permissions: Object.freeze([]),
  claims: Object.freeze({}),
  tokenId: undefined,
  sessionId: undefined,
  issuedAtMs: 0,
  expiresAtMs: Number.POSITIVE_INFINITY,
});

export function isAnonymous(identity: Identity): boolean {
  return identity.proof === 'none';
}
