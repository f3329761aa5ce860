import type { Redis } from '../../lib/redis/redis.ts';
import { createScript } from '../../lib/redis/redis-script.ts';

/** Holds small texts for a short time; each can be taken once. */
export interface TicketStore {
  put(digest: string, text: string, ttlMs: number): Promise<void>;
  /** The text, and from then on nobody else gets it. Undefined when it is not there or too old. */
  take(digest: string): Promise<string | undefined>;
}

/** For one instance. Holds at most `maxTickets` (default 100,000), the oldest making room. */
export function createMemoryTicketStore(
  now: () => number = Date.now,
  maxTickets = 100_000,
): TicketStore {
  const tickets = new Map<string, { readonly text: string; readonly untilMs: number }>();
  return {
    async put(digest, text, ttlMs) {
      for (const [oldest, { untilMs }] of tickets) {
        if (untilMs > now() && tickets.size < maxTickets) break;
        tickets.delete(oldest);
      }
      tickets.set(digest, { text, untilMs: now() + ttlMs });
    },
    async take(digest) {
      const ticket = tickets.get(digest);
      tickets.delete(digest);
      return ticket !== undefined && ticket.untilMs > now() ? ticket.text : undefined;
    },
  };
}

/** KEYS: ticket. */
const TAKE = createScript(`return redis.call('GETDEL', KEYS[1])`);

/** For several instances: `GETDEL` gives a ticket to exactly one of them. */
export function createRedisTicketStore(redis: Redis, keyPrefix = 'weir:'): TicketStore {
  const keyOf = (digest: string) => `${keyPrefix}ticket:${digest}`;
  return {
    put: (digest, text, ttlMs) => redis.set(keyOf(digest), text, ttlMs),
    async take(digest) {
      const text = await redis.run(TAKE, [keyOf(digest)], []);
      return typeof text === 'string' ? text : undefined;
    },
  };
}
