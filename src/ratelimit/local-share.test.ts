import { expect, test } from 'vitest';
import { createQuota, createRateLimit, type Limit } from './limit.ts';
import { MemoryStore } from './memory-store.ts';

const LIMITS: Record<string, Limit> = {
  'a rate': createRateLimit('caller', 'caller', { requests: 8, perMs: 1_000, burst: 8 }),
  'a quota': createQuota('quota', 8, 86_400_000),
};

test.each(Object.entries(LIMITS))(
  'a part of %s is enough for what costs most, whatever was asked for first',
  (_, limit) => {
    const store = new MemoryStore({ maxBuckets: 10, workers: 8, now: () => 0 });
    const take = (bucket: string, cost: number) => store.take([{ limit, bucket, cost }]).admitted;
    expect(take('one', 1)).toBe(true);
    expect(take('another', 5)).toBe(true);
    expect(take('another', 1)).toBe(false);
  },
);
