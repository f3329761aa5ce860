import { networkOf } from '../../lib/network-of.ts';
import { type Redis, RedisUnavailable } from '../../lib/redis/redis.ts';
import { createScript } from '../../lib/redis/redis-script.ts';

/** Counts within a window of time that begins with the first count. */
export interface AttemptCounter {
  /** Adds one, and gives the count with it and the time until the window ends. */
  add(key: string, windowMs: number): Promise<{ readonly count: number; readonly leftMs: number }>;
  forget(key: string): Promise<void>;
}

export interface LoginAttemptsOptions {
  readonly counter: AttemptCounter;
  /** Attempts per account and window. Default 10: OWASP asks for a bound, people mistype. */
  readonly perAccount?: number;
  /** Attempts per address and window. Default 100, because an office may be one address. */
  readonly perAddress?: number;
  /** Default 15 minutes. */
  readonly windowMs?: number;
}

export interface LoginAttempts {
  /**
   * Counts an attempt before the password is looked at, so that many at once cannot slip through.
   * Undefined when it may go on, else the time to wait in milliseconds. An account that does not exist
   * is counted like one that does.
   */
  begin(account: string, address: string): Promise<number | undefined>;
  /** The attempt was good: the account's count starts anew. The address's goes on. */
  succeeded(account: string): Promise<void>;
}

export function createLoginAttempts(options: LoginAttemptsOptions): LoginAttempts {
  const { counter, perAccount = 10, perAddress = 100, windowMs = 900_000 } = options;
  return {
    async begin(account, address) {
      const [byAccount, byAddress] = await Promise.all([
        counter.add(`account:${account}`, windowMs),
        counter.add(`address:${networkOf(address)}`, windowMs),
      ]);
      if (byAddress.count > perAddress) return byAddress.leftMs;
      if (byAccount.count > perAccount) return byAccount.leftMs;
      return undefined;
    },
    succeeded: (account) => counter.forget(`account:${account}`),
  };
}

/** For one instance. Holds at most `maxKeys` windows (default 100,000), the oldest making room. */
export function createMemoryAttemptCounter(
  now: () => number = Date.now,
  maxKeys = 100_000,
): AttemptCounter {
  const windows = new Map<string, { count: number; readonly untilMs: number }>();
  return {
    async add(key, windowMs) {
      let window = windows.get(key);
      if (window === undefined || window.untilMs <= now()) {
        windows.delete(key);
        for (const [oldest, { untilMs }] of windows) {
          if (untilMs > now() && windows.size < maxKeys) break;
          windows.delete(oldest);
        }
        window = { count: 0, untilMs: now() + windowMs };
        windows.set(key, window);
      }
      window.count++;
      return { count: window.count, leftMs: window.untilMs - now() };
    },
    async forget(key) {
      windows.delete(key);
    },
  };
}

/** KEYS: window. ARGV: its length in milliseconds. Gives the count and what is left of the window. */
const ADD = createScript(`
local count = redis.call('INCR', KEYS[1])
if count == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return {count, redis.call('PTTL', KEYS[1])}
`);

/** Counts that several instances share. */
export function createRedisAttemptCounter(
  redis: Pick<Redis, 'run' | 'delete'>,
  keyPrefix = 'weir:',
): AttemptCounter {
  return {
    async add(key, windowMs) {
      const answer = await redis.run(ADD, [`${keyPrefix}login:${key}`], [windowMs]);
      const [count, leftMs]: readonly unknown[] = Array.isArray(answer) ? answer : [];
      // What is no count is below every limit.
      if (typeof count === 'number' && typeof leftMs === 'number') return { count, leftMs };
      throw new RedisUnavailable('Redis answered with no count');
    },
    forget: (key) => redis.delete(`${keyPrefix}login:${key}`),
  };
}
