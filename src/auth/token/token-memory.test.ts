import { expect, test, vi } from 'vitest';
import { refusalOf } from '../../../test/auth/support/refusal-of.ts';
import { ANONYMOUS, type Identity } from '../identity.ts';
import { unauthenticated } from '../refusal.ts';
import { createTokenMemory } from './token-memory.ts';

const identity = (subject: string): Identity => ({
  ...ANONYMOUS,
  proof: 'jwt',
  subject,
  expiresAtMs: 1_000,
});

test('a token is verified once, and then known without waiting', async () => {
  const verify = vi.fn(async (token: string) => identity(token));
  const memory = createTokenMemory({ verify, now: () => 0 });
  const [first, second] = await Promise.all([memory.identify('a'), memory.identify('a')]);
  expect(verify).toHaveBeenCalledTimes(1);
  expect(second).toBe(first);
  expect(memory.identify('a')).toBe(first);
  expect(await memory.identify('b')).toMatchObject({ subject: 'b' });
});

test('a remembered token dies at the moment it expires', async () => {
  let nowMs = 999;
  const memory = createTokenMemory({ verify: async (token) => identity(token), now: () => nowMs });
  await memory.identify('a');
  expect(memory.size).toBe(1);
  nowMs = 1_000;
  expect(await refusalOf(() => memory.identify('a'))).toBe('UNAUTHENTICATED TOKEN_EXPIRED');
  expect(memory.size).toBe(0);
});

test('a refused token is not remembered', async () => {
  const verify = vi.fn(async () => {
    throw unauthenticated('TOKEN_SIGNATURE_WRONG', 'wrong');
  });
  const memory = createTokenMemory({ verify, now: () => 0 });
  for (let at = 0; at < 3; at++) {
    expect(await refusalOf(() => memory.identify('a'))).toBe(
      'UNAUTHENTICATED TOKEN_SIGNATURE_WRONG',
    );
  }
  expect(verify).toHaveBeenCalledTimes(3);
  expect(memory.size).toBe(0);
});

test('never holds more than its maximum', async () => {
  const memory = createTokenMemory({
    verify: async (token) => identity(token),
    maxTokens: 100,
    now: () => 0,
  });
  for (let at = 0; at < 1_000; at++) await memory.identify(`${at}`);
  expect(memory.size).toBeLessThanOrEqual(100);
  expect(memory.identify('999')).not.toBeInstanceOf(Promise);
});
