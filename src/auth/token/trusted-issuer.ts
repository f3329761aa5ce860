import type { Algorithm } from '../../lib/signature-algorithm.ts';
import type { KeySource } from '../keys/key-source.ts';

/** One issuer of tokens, and everything Weir takes from its tokens. Nothing here has a default. */
export interface TrustedIssuer {
  /** Compared with `iss` byte by byte. */
  readonly issuer: string;
  /** A token must name one of these in `aud`. */
  readonly audiences: readonly string[];
  /** RFC 8725 section 3.1: only what stands here is ever tried. */
  readonly algorithms: readonly Algorithm[];
  readonly keys: KeySource;
  /** Accepted values of `typ`, lower case and without `application/`; an empty string allows its absence. */
  readonly types: readonly string[];
  /** How far the issuer's clock may be from ours. */
  readonly clockSkewMs: number;
  /** Path of the claim with the roles, for example `['realm_access', 'roles']`. */
  readonly rolesClaim: readonly string[];
  /** Path of the claim with the permissions: an array, or a `scope` with spaces (RFC 8693 section 4.2). */
  readonly permissionsClaim: readonly string[];
  /** The issuer's names of roles → ours. Undefined takes them as they are. */
  readonly roleNames: ReadonlyMap<string, string> | undefined;
}
