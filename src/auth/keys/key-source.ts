import type { CryptoKey } from 'jose';
import type { Algorithm } from '../../lib/signature-algorithm.ts';
import type { TokenHeader } from '../token/read-token.ts';

/** Where the keys of one issuer come from. */
export interface KeySource {
  /**
   * The key a token says it was signed with, fit for exactly this algorithm.
   * Rejects with UNAUTHENTICATED when there is none, with UNAVAILABLE when that cannot be known now.
   */
  find(header: TokenHeader, algorithm: Algorithm): Promise<CryptoKey>;
}
