import { expect, test } from 'vitest';
import type { Redis } from '../../lib/redis/redis.ts';
import { writePage } from './exposition.ts';
import { meterRedis } from './meter-redis.ts';
import { RedisMeter, redisFamilies } from './redis-meter.ts';

/** Knows one key, and nothing of any other. */
const redis: Redis = {
  problem: undefined,
  run: async () => 1,
  runAtOnce: async () => 1,
  get: async (key) => {
    if (key !== 'known') throw new Error('gone');
    return 'value';
  },
  set: async () => {},
  delete: async () => {},
  publish: async () => {},
  subscribe() {},
  serverId: async () => 'id',
  clustered: false,
  connected: true,
  onConnect() {},
  onDisconnect() {},
  reconnect() {},
  close: async () => {},
};

test('commands are timed, and those that fail are counted', async () => {
  const meter = new RedisMeter(() => redis.connected);
  const metered = meterRedis(redis, meter);
  expect(await metered.get('known')).toBe('value');
  await metered.set('a', 'b', 1);
  await expect(metered.get('other')).rejects.toThrow('gone');
  const page = writePage(redisFamilies({ calls: meter }), 'text');
  expect(page).toContain('weir_redis_command_duration_seconds_count{use="calls"} 2\n');
  expect(page).toContain('weir_redis_errors_total{use="calls"} 1\n');
  expect(page).toContain('weir_redis_connected{use="calls"} 1\n');
  expect(page).toContain('weir_redis_command_duration_seconds_bucket{use="calls",le="0.001"}');
});
