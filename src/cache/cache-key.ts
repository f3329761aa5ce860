import { createHash } from 'node:crypto';

/** Longer keys are hashed: a key may cost memory, but not as much as its caller likes. */
const MAX_PLAIN = 512;

export interface CacheKeyParts {
  /** Changes with every published contract, so a new one begins with an empty cache. */
  readonly contract: string;
  /** The procedure's path. */
  readonly method: string;
  /** From `Generations.of`, for what the answer depends on. */
  readonly generations: string;
  /** Whose answer it is; undefined only where the contract says that it is the same for everyone. */
  readonly identity: string | undefined;
  /** From `toCanonicalJson`. */
  readonly input: string;
}

/**
 * The name of an answer. What a caller chooses (identity and input) stands behind its length, so no
 * choice of characters makes one caller's name another's.
 */
export function createCacheKey({
  contract,
  method,
  generations,
  identity,
  input,
}: CacheKeyParts): string {
  const whose = identity === undefined ? 'public' : `${identity.length}:${identity}`;
  const plain = `${contract} ${method} ${generations} ${whose} ${input}`;
  if (plain.length <= MAX_PLAIN) return plain;
  return `${contract} ${method} #${createHash('sha256').update(plain).digest('base64url')}`;
}
