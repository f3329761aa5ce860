import { randomBytes } from 'node:crypto';
import type { Redis } from '../lib/redis/redis.ts';
import { createScript } from '../lib/redis/redis-script.ts';

/** Stands for all tags at once. */
const ALL = '*';
/** With more invalidated tags than this, everything is invalidated and the count begins anew. */
const MAX_TAGS = 10_000;

// KEYS: the hash of generations. ARGV: channel, most tags, then tag and generation in turn.
const RENEW = createScript(`
local channel, most = ARGV[1], tonumber(ARGV[2])
if redis.call('HLEN', KEYS[1]) > most then redis.call('DEL', KEYS[1]) end
for i = 3, #ARGV, 2 do
  redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1])
  redis.call('PUBLISH', channel, ARGV[i + 1] .. ' ' .. ARGV[i])
end
return 0
`);

const READ = createScript(`return redis.call('HGETALL', KEYS[1])`);

export interface SharedGenerations {
  readonly redis: Redis;
  readonly prefix: string;
}

/**
 * Which answers are still valid. The generation of everything an answer depends on is part of its key;
 * invalidating a tag gives it a new one, so the old answers are not found any more, in no layer, and an
 * answer that was being fetched in that moment is stored under a key that nobody asks for.
 *
 * With Redis all gateways are told at once; one that was cut off reads them when it is back, and until
 * then may give its own old answers for as long as their ttl allows.
 */
export class Generations {
  #byTag = new Map<string, string>();
  readonly #shared: SharedGenerations | undefined;

  constructor(shared?: SharedGenerations) {
    this.#shared = shared;
    if (shared === undefined) return;
    shared.redis.subscribe(`${shared.prefix}invalidate`, {
      onMessage: (message) => {
        const space = message.indexOf(' ');
        this.#adopt(message.slice(space + 1), message.slice(0, space));
      },
      onSubscribed: () => void this.#read(shared),
    });
    shared.redis.onConnect(() => void this.#read(shared));
  }

  /** Part of the key of an answer that depends on `tags`. */
  of(tags: readonly string[]): string {
    if (this.#byTag.size === 0) return '';
    let text = this.#byTag.get(ALL) ?? '';
    for (const tag of tags) {
      const generation = this.#byTag.get(tag);
      if (generation !== undefined) text += `/${tag.length}:${tag}=${generation}`;
    }
    return text;
  }

  /** Makes every answer that depends on one of `tags` invalid, here at once, elsewhere through Redis. */
  async renew(tags: readonly string[]): Promise<void> {
    const renewed = tags.map((tag) => [tag, randomBytes(6).toString('base64url')] as const);
    for (const [tag, generation] of renewed) this.#adopt(tag, generation);
    if (this.#shared === undefined) return;
    const { redis, prefix } = this.#shared;
    const args = [`${prefix}invalidate`, MAX_TAGS, ...renewed.flat()];
    await redis.run(RENEW, [`${prefix}generations`], args);
  }

  /** @throws RedisUnavailable as {@link renew} does. */
  renewAll(): Promise<void> {
    return this.renew([ALL]);
  }

  #adopt(tag: string, generation: string): void {
    if (this.#byTag.size > MAX_TAGS) {
      this.#byTag.clear();
      this.#byTag.set(ALL, randomBytes(6).toString('base64url'));
    }
    this.#byTag.set(tag, generation);
  }

  async #read({ redis, prefix }: SharedGenerations): Promise<void> {
    const reply = await redis.run(READ, [`${prefix}generations`], []).catch(() => undefined);
    if (!Array.isArray(reply)) return;
    for (let index = 0; index < reply.length; index += 2) {
      this.#adopt(String(reply[index]), String(reply[index + 1]));
    }
  }
}
