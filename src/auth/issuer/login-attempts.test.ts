import { expect, test } from 'vitest';
import { RedisUnavailable } from '../../lib/redis/redis.ts';
import { createLoginAttempts, createRedisAttemptCounter } from './login-attempts.ts';

test.each([
  ['nothing', null],
  ['an empty list', []],
  ['text', ['1', '900000']],
  ['a count alone', [1]],
])('an attempt that Redis counts as %s is not let through', async (_, answer) => {
  const counter = createRedisAttemptCounter({ run: async () => answer, delete: async () => {} });
  const attempts = createLoginAttempts({ counter });
  await expect(attempts.begin('ada', '192.0.2.1')).rejects.toThrow(RedisUnavailable);
});

test('an attempt that Redis counts is', async () => {
  const counter = createRedisAttemptCounter({
    run: async () => [1, 900_000],
    delete: async () => {},
  });
  await expect(createLoginAttempts({ counter }).begin('ada', '192.0.2.1')).resolves.toBeUndefined();
});
