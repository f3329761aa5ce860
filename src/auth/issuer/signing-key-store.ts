import type { Redis } from '../../lib/redis/redis.ts';
import { createScript } from '../../lib/redis/redis-script.ts';
import { openSqlite } from './open-sqlite.ts';

/**
 * Private signing keys by slot, where a slot is a stretch of time and its number is the same for every
 * instance. Whoever comes first fills a slot; the others get what is there.
 */
export interface SigningKeyStore {
  get(slot: number): Promise<string | undefined>;
  /** Stores a private JWK as text unless the slot is filled, and gives what the slot holds then. */
  putIfAbsent(slot: number, jwk: string, keepMs: number): Promise<string>;
  /** Forgets the keys of slots before this one. */
  prune(before: number): Promise<void>;
}

/** Keys of one instance, new after each start: tokens of before a restart are refused. */
export function createMemorySigningKeys(): SigningKeyStore {
  const slots = new Map<number, string>();
  return {
    get: async (slot) => slots.get(slot),
    async putIfAbsent(slot, jwk) {
      const held = slots.get(slot) ?? jwk;
      slots.set(slot, held);
      return held;
    },
    async prune(before) {
      for (const slot of slots.keys()) if (slot < before) slots.delete(slot);
    },
  };
}

/** Keys in an SQLite file, which must be readable by the gateway alone. */
export function openSqliteSigningKeys(path: string): SigningKeyStore & { close(): void } {
  const database = openSqlite(
    path,
    `
    CREATE TABLE IF NOT EXISTS signing_keys (slot INTEGER PRIMARY KEY, jwk TEXT NOT NULL) STRICT;
  `,
  );
  const select = database.prepare('SELECT jwk FROM signing_keys WHERE slot = ?');
  const insert = database.prepare('INSERT OR IGNORE INTO signing_keys VALUES (?, ?)');
  const remove = database.prepare('DELETE FROM signing_keys WHERE slot < ?');
  const get = (slot: number) => {
    const jwk = select.get(slot)?.jwk;
    return typeof jwk === 'string' ? jwk : undefined;
  };
  return {
    get: async (slot) => get(slot),
    async putIfAbsent(slot, jwk) {
      insert.run(slot, jwk);
      return get(slot) ?? jwk;
    },
    async prune(before) {
      remove.run(before);
    },
    close: () => database.close(),
  };
}

/** KEYS: slot. ARGV: key, how long to keep it in milliseconds. */
const PUT_IF_ABSENT = createScript(`
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2], 'NX')
return redis.call('GET', KEYS[1])
`);

/** Keys that several instances share; who can read this Redis can sign tokens, so it must be private. */
export function createRedisSigningKeys(redis: Redis, keyPrefix = 'weir:'): SigningKeyStore {
  const keyOf = (slot: number) => `${keyPrefix}signing-key:${slot}`;
  return {
    get: (slot) => redis.get(keyOf(slot)),
    async putIfAbsent(slot, jwk, keepMs) {
      return String(await redis.run(PUT_IF_ABSENT, [keyOf(slot)], [jwk, keepMs]));
    },
    prune: async () => {},
  };
}
