import { RecentMap } from '../../lib/recent-map.ts';
import type { RequestTarget } from './request-target.ts';

/** A request read before: its input is parsed and frozen, and the same object every time. */
export interface KnownRequest extends RequestTarget {
  readonly parsedInput: unknown;
}

/** Longer ones are seldom the same, and memory is bounded by this. */
const MAX_CHARACTERS = 1_024;
/** Some 4 MB at the most. */
const MAX_REQUESTS = 2_000;

/**
 * GET requests of cached queries by their text, so that a request that comes again is not read again.
 * What is known is only what the text says: who asks, and whether he may, is decided each time.
 */
export class KnownRequests {
  readonly #requests = new RecentMap<string, KnownRequest>(MAX_REQUESTS);

  /** @param text the request target as it came */
  get(text: string): KnownRequest | undefined {
    return this.#requests.get(text);
  }

  /** @param input freshly parsed and held by nobody else: it is frozen from now on */
  add(text: string, target: RequestTarget, input: unknown): void {
    if (text.length > MAX_CHARACTERS) return;
    this.#requests.set(text, { ...target, parsedInput: freeze(input) });
  }
}

/** Parsed JSON has no cycles, and a text this short is not deep. */
function freeze(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  for (const inner of Object.values(value)) freeze(inner);
  return Object.freeze(value);
}
