import type { RequestTarget } from './request-target.ts';

/** A request read before: its input is parsed and frozen, and the same object every time. */
export interface KnownRequest extends RequestTarget {
  readonly parsedInput: unknown;
}

/** Longer ones are seldom the same, and memory is bounded by this. */
const MAX_CHARACTERS = 1_024;
/** Of each of two generations: the older one is dropped when the younger is full. Some 4 MB at the most. */
const MAX_REQUESTS = 1_000;

/**
 * GET requests of cached queries by their text, so that a request that comes again is not read again.
 * What is known is only what the text says: who asks, and whether he may, is decided each time.
 */
export class KnownRequests {
  #young = new Map<string, KnownRequest>();
  #old = new Map<string, KnownRequest>();

  /** @param text the request target as it came */
  get(text: string): KnownRequest | undefined {
    const young = this.#young.get(text);
    if (young !== undefined || this.#old.size === 0) return young;
    const old = this.#old.get(text);
    if (old !== undefined) this.#keep(text, old);
    return old;
  }

  /** @param input freshly parsed and held by nobody else: it is frozen from now on */
  add(text: string, target: RequestTarget, input: unknown): KnownRequest | undefined {
    if (text.length > MAX_CHARACTERS) return undefined;
    const known = { ...target, parsedInput: freeze(input) };
    this.#keep(text, known);
    return known;
  }

  #keep(text: string, known: KnownRequest): void {
    if (this.#young.size >= MAX_REQUESTS) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(text, known);
  }
}

/** Parsed JSON has no cycles, and a text this short is not deep. */
function freeze(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  for (const inner of Object.values(value)) freeze(inner);
  return Object.freeze(value);
}
