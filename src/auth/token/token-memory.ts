import { hash } from 'node:crypto';
import type { Identity } from '../identity.ts';
import { unauthenticated } from '../refusal.ts';
import type { TokenVerifier } from './verify-token.ts';

export interface TokenMemoryOptions {
  readonly verify: TokenVerifier;
  /** Default 50,000 tokens, about 100 MB at the size of an ordinary token's claims at most. */
  readonly maxTokens?: number;
  /** Milliseconds since the epoch. Default `Date.now`. */
  readonly now?: () => number;
}

export interface TokenMemory {
  /** The identity at once where the token was seen before, else a promise of it. Throws as the verifier does. */
  identify(token: string): Identity | Promise<Identity>;
  /** Whether the token was verified before. */
  knows(token: string): boolean;
  /** How many tokens are remembered. */
  readonly size: number;
  /** Forgets everything: the next call with each token verifies it anew. */
  clear(): void;
}

/**
 * Remembers verified tokens until they expire, so that a hot call pays for a digest and a look-up
 * (1.1 µs for a token of 700 bytes) and not for a signature. The key is a digest, so that a dump
 * of the memory holds no usable token. Revocation is not its business: that is asked on each call.
 */
export function createTokenMemory(options: TokenMemoryOptions): TokenMemory {
  const { verify, maxTokens = 50_000, now = Date.now } = options;
  const remembered = new Map<string, Identity>();
  const verifying = new Map<string, Promise<Identity>>();

  async function verifyOnce(token: string, digest: string): Promise<Identity> {
    try {
      const identity = await verify(token);
      if (remembered.size >= maxTokens) forgetOldest();
      remembered.set(digest, identity);
      return identity;
    } finally {
      verifying.delete(digest);
    }
  }

  /** A tenth at a time, so that a flood of new tokens pays for the clearing once in a while. */
  function forgetOldest(): void {
    let left = Math.ceil(maxTokens / 10);
    for (const digest of remembered.keys()) {
      if (left-- === 0) return;
      remembered.delete(digest);
    }
  }

  return {
    get size() {
      return remembered.size;
    },
    clear: () => remembered.clear(),
    knows: (token) => remembered.has(digestOf(token)),
    identify(token) {
      const digest = digestOf(token);
      const identity = remembered.get(digest);
      if (identity !== undefined) {
        if (now() < identity.expiresAtMs) return identity;
        remembered.delete(digest);
        throw unauthenticated('TOKEN_EXPIRED', 'The token has expired.');
      }
      let pending = verifying.get(digest);
      if (pending === undefined) {
        pending = verifyOnce(token, digest);
        verifying.set(digest, pending);
      }
      return pending;
    },
  };
}

function digestOf(token: string): string {
  return hash('sha256', token, 'base64url');
}
