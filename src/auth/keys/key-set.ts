import type { CryptoKey, JWK } from 'jose';
import type { Algorithm } from '../../lib/signature-algorithm.ts';
import { jose } from '../jose.ts';
import { unauthenticated } from '../refusal.ts';
import type { TokenHeader } from '../token/read-token.ts';
import { isSymmetric, keyShapeOf } from './key-shape.ts';

/** RFC 7518 section 3.3. */
const MIN_RSA_BITS = 2048;

/**
 * The keys of a JWK Set (RFC 7517 section 5), each bound to the algorithms it may be used with.
 * Members that Weir cannot use are passed over, as RFC 7517 section 5 asks.
 */
export class KeySet {
  readonly #keys: readonly JWK[];
  readonly #imported = new Map<string, Promise<CryptoKey>>();

  constructor(keys: readonly JWK[]) {
    this.#keys = keys;
  }

  /**
   * Takes the text of a JWK Set. Shared secrets in it are passed over: a set is public, so whoever can
   * read it could sign with them. Throws when it is not a JWK Set.
   */
  static parsePublic(text: string): KeySet {
    const document: unknown = JSON.parse(text);
    if (typeof document !== 'object' || document === null || !('keys' in document)) {
      throw new Error('A JWK Set is an object with "keys" (RFC 7517 section 5).');
    }
    if (!Array.isArray(document.keys)) throw new Error('"keys" of a JWK Set is an array.');
    return new KeySet(document.keys.filter(isJwk).filter(({ kty }) => kty !== 'oct'));
  }

  /** The key for a token, or undefined when the set has none. */
  find(header: TokenHeader, algorithm: Algorithm): Promise<CryptoKey> | undefined {
    const fitting = this.#keys.filter((key) => fits(key, algorithm));
    if (header.kid !== undefined) {
      const named = fitting.find(({ kid }) => kid === header.kid);
      return named && this.#import(named, algorithm);
    }
    const [only, another] = fitting;
    if (only === undefined) return undefined;
    if (another !== undefined) {
      throw unauthenticated(
        'TOKEN_KEY_UNKNOWN',
        'The token has no "kid" and its issuer has several keys.',
      );
    }
    return this.#import(only, algorithm);
  }

  #import(key: JWK, algorithm: Algorithm): Promise<CryptoKey> {
    const name = `${algorithm} ${this.#keys.indexOf(key)}`;
    let imported = this.#imported.get(name);
    if (imported === undefined) {
      imported = importKey(key, algorithm);
      this.#imported.set(name, imported);
    }
    return imported;
  }
}

function isJwk(value: unknown): value is JWK {
  return typeof value === 'object' && value !== null && 'kty' in value;
}

/**
 * Whether a key may verify this algorithm. The key decides, never the token: that is what keeps an RSA
 * public key from being used as an HMAC secret (RFC 8725 section 2.1).
 */
function fits(key: JWK, algorithm: Algorithm): boolean {
  const shape = keyShapeOf(algorithm);
  if (key.kty !== shape.kty) return false;
  if (shape.crv !== undefined && key.crv !== shape.crv) return false;
  if (key.use !== undefined && key.use !== 'sig') return false;
  if (key.key_ops !== undefined && !key.key_ops.includes('verify')) return false;
  return key.alg === undefined || key.alg === algorithm;
}

async function importKey(key: JWK, algorithm: Algorithm): Promise<CryptoKey> {
  if (key.kty === 'RSA' && bitsOf(key.n) < MIN_RSA_BITS) {
    throw unauthenticated(
      'TOKEN_KEY_UNKNOWN',
      `The issuer's RSA key is shorter than ${MIN_RSA_BITS} bits.`,
    );
  }
  if (isSymmetric(algorithm)) {
    // RFC 7518 section 3.2: a secret at least as long as the hash it feeds.
    const needed = Number(algorithm.slice(2));
    if (bitsOf(key.k) < needed) {
      throw unauthenticated(
        'TOKEN_KEY_UNKNOWN',
        `The issuer's secret is shorter than the ${needed} bits that ${algorithm} asks for.`,
      );
    }
  }
  const imported = await importPublicPart(key, algorithm);
  if (imported instanceof Uint8Array) {
    return crypto.subtle.importKey(
      'raw',
      new Uint8Array(imported),
      { name: 'HMAC', hash: `SHA-${algorithm.slice(2)}` },
      false,
      ['verify'],
    );
  }
  return imported;
}

async function importPublicPart(key: JWK, algorithm: Algorithm): Promise<CryptoKey | Uint8Array> {
  const { d: _private, p: _p, q: _q, dp: _dp, dq: _dq, qi: _qi, ...publicPart } = key;
  delete publicPart.key_ops;
  try {
    return await jose().importJWK(publicPart, algorithm);
  } catch (cause) {
    throw unauthenticated('TOKEN_KEY_UNKNOWN', "The issuer's key cannot be used.", cause);
  }
}

function bitsOf(base64url: string | undefined): number {
  return Buffer.from(base64url ?? '', 'base64url').length * 8;
}
