import type { Redis } from '../../lib/redis/redis.ts';
import { createScript } from '../../lib/redis/redis-script.ts';
import { type AccessChange, parseAccessChange } from './access-change.ts';
import type { AccessChangeFeed } from './access-change-feed.ts';

export interface RedisFeedOptions {
  /** Closed by its owner. */
  readonly redis: Redis;
  /** Default `weir:`. */
  readonly keyPrefix?: string;
  /** How often to look whether a message was missed. Default 500 ms, so that a second is kept. */
  readonly pollMs?: number;
  /** Told once of a Redis that cannot be asked, and again when that was over in between. */
  readonly onError?: (error: unknown) => void;
  /** Milliseconds since the epoch. Default `Date.now`. */
  readonly now?: () => number;
}

/** KEYS: set, counter. ARGV: now, channel, then pairs of moment and change. */
const STORE = createScript(`
for at = 3, #ARGV, 2 do
  if redis.call('ZADD', KEYS[1], ARGV[at], ARGV[at + 1]) == 1 then
    redis.call('INCR', KEYS[2])
    redis.call('PUBLISH', ARGV[2], ARGV[at + 1])
  end
end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[1])
return redis.status_reply('OK')
`);

/** KEYS: set, counter. ARGV: now. Gives the counter and every change in force. */
const LOAD = createScript(`
local changes = redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. ARGV[1], '+inf')
table.insert(changes, 1, redis.call('GET', KEYS[2]) or '')
return changes
`);

/**
 * Changes of access in Redis: a sorted set by the moment they may be forgotten, a counter of
 * additions, and a channel.
 *
 * The channel makes a change arrive at once, but loses what is said while a connection is down. The
 * counter tells that something was missed, and then the set is read. A Redis that restarts empty is
 * filled again by whoever is alive: nothing is forgotten as long as one instance remembers it.
 */
export function createRedisFeed(options: RedisFeedOptions): AccessChangeFeed {
  const { redis, keyPrefix = 'weir:', pollMs = 500, onError = () => {}, now = Date.now } = options;
  // One hash tag, so that both keys are in one slot of a cluster.
  const keys = [`{${keyPrefix}access}:changes`, `{${keyPrefix}access}:counter`];
  const channel = `${keyPrefix}access-changes`;
  /** Everything in force that this instance has said or heard, word for word as in Redis. */
  const known = new Map<string, number>();
  let listener: (change: AccessChange) => void = () => {};
  let counter: string | undefined;
  let timer: NodeJS.Timeout | undefined;
  let reconciling: Promise<void> | undefined;
  let failing = false;

  function fail(error: unknown): void {
    if (!failing) onError(error);
    failing = true;
  }

  function hear(text: string): void {
    if (known.has(text)) return;
    const change = parseAccessChange(text);
    if (change === undefined || change.untilMs <= now()) return;
    known.set(text, change.untilMs);
    listener(change);
  }

  async function store(changes: readonly (readonly [text: string, untilMs: number])[]) {
    const pairs = changes.flatMap(([text, untilMs]) => [untilMs, text]);
    await redis.run(STORE, keys, [now(), channel, ...pairs]);
  }

  async function load(): Promise<void> {
    const answer = await redis.run(LOAD, keys, [now()]);
    const [current, ...texts] = Array.isArray(answer) ? answer.map(String) : [''];
    for (const [text, untilMs] of known) if (untilMs <= now()) known.delete(text);
    const stored = new Set(texts);
    const absent = [...known].filter(([text]) => !stored.has(text));
    for (const text of stored) hear(text);
    if (absent.length > 0) await store(absent);
    counter = current;
    failing = false;
  }

  function reconcile(): Promise<void> {
    reconciling ??= load()
      .catch(fail)
      .finally(() => {
        reconciling = undefined;
      });
    return reconciling;
  }

  async function poll(): Promise<void> {
    try {
      if (redis.connected) {
        const current = (await redis.get(keys[1] ?? '')) ?? '';
        if (current === counter) failing = false;
        else await reconcile();
      }
    } catch (error) {
      fail(error);
    }
    if (timer !== undefined) schedulePoll();
  }

  function schedulePoll(): void {
    timer = setTimeout(poll, pollMs);
    timer.unref();
  }

  return {
    async publish(change) {
      const text = JSON.stringify(change);
      known.set(text, change.untilMs);
      await store([[text, change.untilMs]]).catch((error: unknown) => {
        fail(error);
        // A server that refused it (out of memory, loading, a slot without a node) has no other reason to be read.
        counter = undefined;
      });
    },
    async subscribe(newListener) {
      listener = newListener;
      redis.subscribe(channel, { onMessage: hear, onSubscribed: () => void reconcile() });
      redis.onConnect(() => void reconcile());
      schedulePoll();
    },
    async close() {
      clearTimeout(timer);
      timer = undefined;
    },
  };
}
