import type { Redis } from 'ioredis';
import { type AccessChange, parseAccessChange } from './access-change.ts';
import type { AccessChangeFeed } from './access-change-feed.ts';

export interface RedisFeedOptions {
  /** Connected by its owner, who closes it too. The feed opens a second connection to subscribe on. */
  readonly redis: Redis;
  /** Default `weir:`. */
  readonly keyPrefix?: string;
  readonly onError?: (error: unknown) => void;
  /** Milliseconds since the epoch. Default `Date.now`. */
  readonly now?: () => number;
}

/**
 * Changes of access in Redis: a sorted set by the moment they may be forgotten, for instances that
 * start later, and a channel for those that run.
 *
 * Publish and subscribe alone would lose what is said while a connection is down, and a Redis that
 * restarts empty would lose the set. So on every (re)connection an instance reads the set and puts
 * back what it knows and the set does not: as long as one instance lives, nothing is forgotten.
 */
export function createRedisFeed(options: RedisFeedOptions): AccessChangeFeed {
  const { redis, keyPrefix = 'weir:', onError = () => {}, now = Date.now } = options;
  const key = `${keyPrefix}access-changes`;
  const subscriber = redis.duplicate({ lazyConnect: true, maxRetriesPerRequest: null });
  subscriber.on('error', onError);
  /** Everything in force that this instance has said or heard, as it stands in Redis. */
  const known = new Map<string, number>();
  let listener: (change: AccessChange) => void = () => {};

  function hear(text: string): void {
    if (known.has(text)) return;
    const change = parseAccessChange(text);
    if (change === undefined || change.untilMs <= now()) return;
    known.set(text, change.untilMs);
    listener(change);
  }

  function forgetPast(): void {
    for (const [text, untilMs] of known) if (untilMs <= now()) known.delete(text);
  }

  async function reconcile(): Promise<void> {
    forgetPast();
    const stored = await redis.zrange(key, `(${now()}`, '+inf', 'BYSCORE');
    const absent = [...known].filter(([text]) => !stored.includes(text));
    for (const text of stored) hear(text);
    for (const [text, untilMs] of absent) await store(text, untilMs);
  }

  async function store(text: string, untilMs: number): Promise<void> {
    await redis
      .multi()
      .zadd(key, untilMs, text)
      .zremrangebyscore(key, '-inf', now())
      .publish(key, text)
      .exec();
  }

  return {
    async publish(change) {
      const text = JSON.stringify(change);
      known.set(text, change.untilMs);
      await store(text, change.untilMs).catch(onError);
    },
    async subscribe(newListener) {
      listener = newListener;
      subscriber.on('message', (_channel, text) => hear(text));
      subscriber.on('ready', () => void reconcile().catch(onError));
      await subscriber.connect();
      await subscriber.subscribe(key);
      await reconcile();
    },
    async close() {
      subscriber.disconnect();
    },
  };
}
