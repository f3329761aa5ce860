import type { JWK } from 'jose';
import { unauthenticated } from '../refusal.ts';
import { KeySet } from './key-set.ts';
import type { KeySource } from './key-source.ts';

/** Keys that stand in the configuration: shared secrets, or public keys as JWK. */
export function createFixedKeys(keys: readonly JWK[]): KeySource {
  const set = new KeySet(keys);
  return {
    async find(header, algorithm) {
      const key = set.find(header, algorithm);
      if (key === undefined) {
        throw unauthenticated('TOKEN_KEY_UNKNOWN', "The issuer has no key that fits the token's.");
      }
      return key;
    },
  };
}

/** An HMAC secret as a JWK. `secret` is text whose UTF-8 bytes are the key. */
export function secretToJwk(secret: string, kid?: string): JWK {
  const k = Buffer.from(secret, 'utf8').toString('base64url');
  return kid === undefined ? { kty: 'oct', k } : { kty: 'oct', k, kid };
}
