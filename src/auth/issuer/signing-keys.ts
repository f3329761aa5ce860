import { randomBytes } from 'node:crypto';
import type { CryptoKey, JWK } from 'jose';
import { jose } from '../jose.ts';
import { KeySet } from '../keys/key-set.ts';
import type { KeySource } from '../keys/key-source.ts';
import { unauthenticated } from '../refusal.ts';
import type { SigningKeyStore } from './signing-key-store.ts';

/** ES256, because every JWT library verifies it and its keys and signatures are short. */
export const SIGNING_ALGORITHM = 'ES256';

export interface SigningKey {
  readonly kid: string;
  readonly privateKey: CryptoKey;
}

export interface SigningKeys {
  /** The key to sign with now. */
  current(): Promise<SigningKey>;
  /** The JWK Set to publish: keys of the last, this and the next slot. */
  published(): Promise<{ readonly keys: readonly JWK[] }>;
  /** For verifying one's own tokens without going over the network. */
  readonly source: KeySource;
}

export interface SigningKeysOptions {
  readonly store: SigningKeyStore;
  /**
   * How long a key signs. The key before it stays published for as long again, and the one after it is
   * published as long before: so nobody meets a token whose key it could not have known.
   */
  readonly rotateEveryMs: number;
  /** Milliseconds since the epoch. Default `Date.now`. */
  readonly now?: () => number;
}

/** Signing keys that change by the clock, one per slot of time, the same on every instance. */
export function createSigningKeys(options: SigningKeysOptions): SigningKeys {
  const { store, rotateEveryMs, now = Date.now } = options;
  const bySlot = new Map<number, Promise<JWK>>();
  let signing: { readonly slot: number; readonly key: Promise<SigningKey> } | undefined;
  let prunedSlot = -1;

  const currentSlot = () => Math.floor(now() / rotateEveryMs);

  async function fill(slot: number): Promise<JWK> {
    const stored = await store.get(slot);
    if (stored !== undefined) return parseJwk(stored);
    const { exportJWK, generateKeyPair } = jose();
    const { privateKey } = await generateKeyPair(SIGNING_ALGORITHM, { extractable: true });
    const kid = `${slot}-${randomBytes(6).toString('hex')}`;
    const jwk = { ...(await exportJWK(privateKey)), kid, alg: SIGNING_ALGORITHM, use: 'sig' };
    return parseJwk(await store.putIfAbsent(slot, JSON.stringify(jwk), 3 * rotateEveryMs));
  }

  function keyOf(slot: number): Promise<JWK> {
    let key = bySlot.get(slot);
    if (key === undefined) {
      key = fill(slot);
      bySlot.set(slot, key);
      key.catch(() => bySlot.delete(slot));
    }
    return key;
  }

  /** The last slot may never have had a key: then there is none to publish, and none is made. */
  async function lastKey(slot: number): Promise<JWK | undefined> {
    const known = bySlot.get(slot);
    if (known !== undefined) return known;
    const stored = await store.get(slot);
    return stored === undefined ? undefined : parseJwk(stored);
  }

  async function live(): Promise<readonly JWK[]> {
    const slot = currentSlot();
    const [last, current, next] = await Promise.all([
      lastKey(slot - 1),
      keyOf(slot),
      keyOf(slot + 1),
    ]);
    if (prunedSlot !== slot) {
      prunedSlot = slot;
      for (const old of bySlot.keys()) if (old < slot - 1) bySlot.delete(old);
      await store.prune(slot - 1);
    }
    return last === undefined ? [current, next] : [last, current, next];
  }

  async function importSigningKey(slot: number): Promise<SigningKey> {
    const jwk = await keyOf(slot);
    const privateKey = await jose().importJWK(jwk, SIGNING_ALGORITHM);
    if (privateKey instanceof Uint8Array || jwk.kid === undefined) {
      throw new Error(`The signing key of slot ${slot} is not an ${SIGNING_ALGORITHM} key.`);
    }
    return { kid: jwk.kid, privateKey };
  }

  return {
    current() {
      const slot = currentSlot();
      if (signing?.slot !== slot) {
        const key = importSigningKey(slot);
        signing = { slot, key };
        key.catch(() => {
          signing = undefined;
        });
      }
      return signing.key;
    },
    async published() {
      return { keys: (await live()).map(({ d: _private, ...publicPart }) => publicPart) };
    },
    source: {
      async find(header, algorithm) {
        const key = new KeySet(await live()).find(header, algorithm);
        if (key === undefined) {
          throw unauthenticated('TOKEN_KEY_UNKNOWN', 'The key of the token is no longer in use.');
        }
        return key;
      },
    },
  };
}

/** Reads back what `fill` wrote. */
function parseJwk(text: string): JWK {
  const jwk: JWK = JSON.parse(text);
  return jwk;
}
