import type { ResponseHeaders } from './exchange.ts';

/** One call's word on where its answer came from says nothing about the batch. */
const DROPPED: ReadonlySet<string> = new Set([
  'age',
  'cache-control',
  'cache-status',
  'weir-fallback',
]);
/** The latest call knows best what is left of a limit. */
const LATEST: ReadonlySet<string> = new Set(['ratelimit', 'ratelimit-policy']);
/** Whoever repeats the whole batch has to wait for its slowest call; and it was as hard to get as its hardest. */
const LARGEST: ReadonlySet<string> = new Set(['retry-after', 'weir-attempts']);

/** The headers of an answer to several calls, from those of each; a hundred calls must not send a hundred copies. */
export class BatchHeaders {
  readonly #plain: (readonly [name: string, value: string])[] = [];
  readonly #single = new Map<string, string>();

  add(headers: ResponseHeaders): void {
    for (const header of headers) {
      const [name, value] = header;
      if (DROPPED.has(name)) continue;
      if (LATEST.has(name)) this.#single.set(name, value);
      else if (LARGEST.has(name)) this.#single.set(name, this.#larger(name, value));
      else this.#plain.push(header);
    }
  }

  toList(): ResponseHeaders {
    return [...this.#plain, ...this.#single];
  }

  #larger(name: string, value: string): string {
    return String(Math.max(Number(value), Number(this.#single.get(name) ?? 0)));
  }
}
