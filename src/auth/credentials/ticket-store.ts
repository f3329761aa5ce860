import type { Redis } from 'ioredis';

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

/** For several instances: `GETDEL` takes a ticket for exactly one of them. */
export function createRedisTicketStore(redis: Redis, keyPrefix = 'weir:'): TicketStore {
  return {
    async put(digest, text, ttlMs) {
      await redis.set(`${keyPrefix}ticket:${digest}`, text, 'PX', ttlMs);
    },
    async take(digest) {
      return (await redis.getdel(`${keyPrefix}ticket:${digest}`)) ?? undefined;
    },
  };
}
