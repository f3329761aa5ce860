import { expect, test } from 'vitest';
import { createMemorySigningKeys } from './signing-key-store.ts';
import { createSigningKeys } from './signing-keys.ts';

const HOUR_MS = 3_600_000;

function create(store = createMemorySigningKeys()) {
  const clock = { nowMs: 10 * HOUR_MS };
  const keys = createSigningKeys({ store, rotateEveryMs: HOUR_MS, now: () => clock.nowMs });
  const published = async () => (await keys.published()).keys.map(({ kid }) => kid);
  return { clock, keys, published };
}

test('keys rotate by the clock, each published before it signs and after', async () => {
  const { clock, keys, published } = create();
  const seen: string[] = [];
  for (let hour = 0; hour < 4; hour++) {
    const before = await published();
    const { kid } = await keys.current();
    expect(before).toContain(kid);
    expect(await published()).toEqual(expect.arrayContaining(seen.slice(-1)));
    expect(seen).not.toContain(kid);
    seen.push(kid);
    clock.nowMs += HOUR_MS;
  }
  expect(await published()).not.toContain(seen[0]);
});

test('what is published holds no private part', async () => {
  const { keys } = create();
  for (const key of (await keys.published()).keys) {
    expect(Object.keys(key).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']);
  }
});

test('instances that share a store sign with the same key, even when all begin at once', async () => {
  const store = createMemorySigningKeys();
  const kids = await Promise.all(
    Array.from({ length: 8 }, async () => (await create(store).keys.current()).kid),
  );
  expect(new Set(kids).size).toBe(1);
});

test('a token of the last key verifies, one of the key before it does not', async () => {
  const { clock, keys } = create();
  const { kid } = await keys.current();
  const find = () => keys.source.find({ alg: 'ES256', kid, typ: undefined }, 'ES256');
  clock.nowMs += HOUR_MS;
  await expect(find()).resolves.toBeDefined();
  clock.nowMs += HOUR_MS;
  await expect(find()).rejects.toThrow('no longer in use');
});

test('a store that failed once is asked again', async () => {
  const store = createMemorySigningKeys();
  let failures = 1;
  const { keys } = create({
    ...store,
    get: (slot) => (failures-- > 0 ? Promise.reject(new Error('down')) : store.get(slot)),
  });
  await expect(keys.current()).rejects.toThrow('down');
  await expect(keys.current()).resolves.toBeDefined();
});
