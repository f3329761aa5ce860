import { expect, test } from 'vitest';
import { createRateLimit } from './limit.ts';
import { type Claim, createBucketName } from './limit-store.ts';
import { MemoryStore } from './memory-store.ts';
import { TICKS_PER_MS } from './ticks.ts';

const caller = createRateLimit('caller', 'caller', { requests: 100, perMs: 1_000, burst: 3 });
const method = createRateLimit('method', 'method', { requests: 100, perMs: 1_000, burst: 5 });
const gateway = createRateLimit('gateway', 'gateway', {
  requests: 1_000,
  perMs: 1_000,
  burst: 100,
});

function claimsOf(name: string, cost = 1): Claim[] {
  return [
    { limit: caller, bucket: createBucketName(caller, name), cost },
    { limit: method, bucket: createBucketName(method, 'GetQuote'), cost },
    { limit: gateway, bucket: createBucketName(gateway, 'all'), cost },
  ];
}

function createStore() {
  let now = 0;
  const store = new MemoryStore({ maxBuckets: 1_000, now: () => now });
  const tick = (milliseconds: number) => {
    now += milliseconds * TICKS_PER_MS;
  };
  return { store, tick };
}

const name = (verdict: ReturnType<MemoryStore['take']>) =>
  verdict.admitted ? 'admitted' : `${verdict.refusedBy.limit.scope} ${verdict.retryAfterMs}`;

test('the first limit that refuses names itself, and a refusal costs nobody anything', () => {
  const { store, tick } = createStore();
  const take = (caller: string) => name(store.take(claimsOf(caller)));
  expect([take('ann'), take('ann'), take('ann')]).toEqual(['admitted', 'admitted', 'admitted']);
  expect([take('ann'), take('ann'), take('ann')]).toEqual(['caller 10', 'caller 10', 'caller 10']);
  // Ann's refused calls took nothing from the method: two of its five tokens are left for Bob.
  expect([take('bob'), take('bob'), take('bob')]).toEqual(['admitted', 'admitted', 'method 10']);
  // And Bob's call that the method refused took nothing from Bob: his third token is still there.
  tick(10);
  expect(take('bob')).toBe('admitted');
});

test('an admitted call reports the limit nearest to refusing', () => {
  const { store } = createStore();
  expect(store.take(claimsOf('ann'))).toMatchObject({
    admitted: true,
    tightest: { limit: { scope: 'caller' } },
    remaining: 2,
    resetMs: 10,
  });
  store.take(claimsOf('bob'));
  store.take(claimsOf('bob'));
  expect(store.take(claimsOf('eve'))).toMatchObject({
    tightest: { limit: { scope: 'method' } },
    remaining: 1,
    resetMs: 40,
  });
});

test('a call that falls under no limit is admitted', () => {
  const { store } = createStore();
  expect(store.take([])).toMatchObject({ admitted: true, tightest: undefined });
});

test('memory stays bounded when every call has a name of its own', () => {
  const { store } = createStore();
  for (let index = 0; index < 20_000; index += 1) {
    store.take([{ limit: caller, bucket: createBucketName(caller, `random ${index}`), cost: 1 }]);
  }
  expect(store.size).toBeLessThanOrEqual(1_000);
});

test('buckets that have filled up again are dropped in time', () => {
  const { store, tick } = createStore();
  for (let index = 0; index < 500; index += 1) store.take(claimsOf(`caller ${index}`));
  tick(120_000);
  store.take(claimsOf('ann'));
  expect(store.size).toBe(3);
});

test('a brace in a name does not end the hash tag early', () => {
  expect(createBucketName(caller, 'a}b{c')).toBe('{a%7Db{c}caller');
});
