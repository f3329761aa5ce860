import { hash } from 'node:crypto';
import type { Identity } from '../auth/identity.ts';
import { createCacheKey } from '../cache/cache-key.ts';
import type { CacheRule } from '../cache/cache-rules.ts';
import { toCanonicalJson } from '../cache/canonical-json.ts';
import type { Generations } from '../cache/generations.ts';
import type { PermittedCall } from './permitted-call.ts';

type KeyedCall = Pick<PermittedCall, 'input' | 'identity' | 'identityMetadata' | 'headers'> & {
  readonly method: Pick<PermittedCall['method'], 'path'>;
};

type KeyRule = Pick<CacheRule, 'scope' | 'tags'>;

export interface CacheKeysOptions {
  readonly generations: Pick<Generations, 'of'>;
  /** Names the published contract; a new one begins with an empty cache. */
  readonly contract: string;
  /** Request headers that travel to backends, so answers may depend on them. */
  readonly forwardedHeaders: readonly string[];
}

interface RememberedKey {
  readonly generations: string;
  readonly key: string;
}

/**
 * The cache keys of one method's calls. Fronts give the same frozen object for a request that they know by
 * its text, and for such an input the key is remembered: that a question is the same as before is then
 * known without writing it down again. Other texts of an equal input meet in the same key.
 */
export class CacheKeys {
  readonly #options: CacheKeysOptions;
  readonly #inputs = new WeakMap<object, string>();
  readonly #publicKeys = new WeakMap<object, RememberedKey>();
  readonly #identities = new WeakMap<Identity, string>();

  constructor(options: CacheKeysOptions) {
    this.#options = options;
  }

  /** Undefined for an input that no key can be made of. */
  of(call: KeyedCall, rule: KeyRule): string | undefined {
    const generations = this.#options.generations.of(rule.tags);
    if (rule.scope === 'caller') return this.#create(call, generations, this.#identityOf(call));
    const known = isFrozen(call.input) ? this.#publicKeys.get(call.input) : undefined;
    if (known !== undefined && known.generations === generations) return known.key;
    const key = this.#create(call, generations, undefined);
    if (key !== undefined && isFrozen(call.input)) {
      this.#publicKeys.set(call.input, { generations, key });
    }
    return key;
  }

  #create(call: KeyedCall, generations: string, identity: string | undefined): string | undefined {
    const input = this.#inputOf(call.input);
    if (input === undefined) return undefined;
    const { contract } = this.#options;
    return createCacheKey({ contract, method: call.method.path, generations, identity, input });
  }

  #inputOf(input: unknown): string | undefined {
    if (!isFrozen(input)) return toCanonicalJson(input);
    const known = this.#inputs.get(input);
    if (known !== undefined) return known;
    const text = toCanonicalJson(input);
    if (text !== undefined) this.#inputs.set(input, text);
    return text;
  }

  /** Everything about the caller that the backend gets to see, and so may answer by. */
  #identityOf({ identity, identityMetadata, headers }: KeyedCall): string {
    const seen = this.#options.forwardedHeaders.map((name) => headers[name] ?? null);
    let text = this.#identities.get(identity);
    if (text === undefined) {
      const { issuer, subject, roles, permissions, proof } = identity;
      text = JSON.stringify([issuer, subject, roles, permissions, proof]);
      this.#identities.set(identity, text);
    }
    const token = identityMetadata.find(([name]) => name === 'authorization')?.[1];
    if (token === undefined && seen.every((value) => value === null)) return text;
    // A backend that gets the caller's own token may answer by any claim in it.
    return text + JSON.stringify(token === undefined ? seen : [...seen, hash('sha256', token)]);
  }
}

function isFrozen(input: unknown): input is object {
  return typeof input === 'object' && input !== null && Object.isFrozen(input);
}
