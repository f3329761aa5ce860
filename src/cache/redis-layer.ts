import { createHash } from 'node:crypto';
import type { Redis } from '../lib/redis/redis.ts';
import { type CachedAnswer, uselessAfter } from './cached-answer.ts';

export interface RedisLayerOptions {
  readonly redis: Redis;
  readonly prefix: string;
  readonly maxAnswerBytes: number;
}

/** After a failure Redis is not asked for this long, so that not every miss waits for its time-out. */
const PAUSE_MS = 1_000;

/** Answers shared by all gateways. Whatever goes wrong here is a miss, never a failed call. */
export class RedisLayer {
  readonly #options: RedisLayerOptions;
  #pausedUntil = 0;

  constructor(options: RedisLayerOptions) {
    this.#options = options;
  }

  async get(key: string): Promise<CachedAnswer | undefined> {
    const { redis } = this.#options;
    if (!this.#usable()) return undefined;
    const text = await redis.get(this.#name(key)).catch(() => this.#pause());
    return text === undefined ? undefined : parse(text);
  }

  /** Stores behind the call that waits for the answer, not before it. */
  set(key: string, answer: CachedAnswer, now: number): void {
    const { redis, maxAnswerBytes } = this.#options;
    const ttlMs = uselessAfter(answer) - now;
    if (!this.#usable() || ttlMs <= 0 || answer.error !== undefined) return;
    if (Buffer.byteLength(answer.json) > maxAnswerBytes) return;
    redis.set(this.#name(key), print(answer), ttlMs).catch(() => this.#pause());
  }

  #usable(): boolean {
    return this.#options.redis.connected && performance.now() >= this.#pausedUntil;
  }

  #pause(): undefined {
    this.#pausedUntil = performance.now() + PAUSE_MS;
  }

  /** Hashed, because keys hold identities and inputs. */
  #name(key: string): string {
    return this.#options.prefix + createHash('sha256').update(key).digest('base64url');
  }
}

/** The moments on the first line, the text as it is on the rest: it is never parsed. */
function print({
  json,
  storedAt,
  freshUntil,
  revalidateUntil,
  ifErrorUntil,
}: CachedAnswer): string {
  const moments = [storedAt, freshUntil, revalidateUntil, ifErrorUntil].map(Math.floor);
  return `${moments.join(' ')}\n${json}`;
}

function parse(text: string): CachedAnswer | undefined {
  const [line, storedAt, freshUntil, revalidateUntil, ifErrorUntil] =
    /^(\d+) (\d+) (\d+) (\d+)\n/.exec(text) ?? [];
  if (line === undefined) return undefined;
  return {
    json: text.slice(line.length),
    storedAt: Number(storedAt),
    freshUntil: Number(freshUntil),
    revalidateUntil: Number(revalidateUntil),
    ifErrorUntil: Number(ifErrorUntil),
  };
}
