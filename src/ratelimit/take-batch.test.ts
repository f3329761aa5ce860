import { expect, test } from 'vitest';
import { createRateLimit } from './limit.ts';
import { createBucketName } from './limit-store.ts';
import { SeenBuckets } from './seen-buckets.ts';
import { TakeBatch } from './take-batch.ts';

const limit = createRateLimit('caller', 'caller', { requests: 1, perMs: 1_000, burst: 1 });
const claims = [{ limit, bucket: createBucketName(limit, 'ada'), cost: 1 }];

function createSubject(reply: unknown) {
  const answer = async () => reply;
  const redis = { run: answer, runAtOnce: answer };
  return new TakeBatch({ redis, seen: new SeenBuckets(10), prefix: '' });
}

test.each([
  ['nothing', null],
  ['an empty list', []],
  ['the clock alone', [1]],
  ['an admission without its moment', [1, 0]],
  ['a refusal without its wait', [1, 1]],
  ['a refusal without its moment', [1, 1, 5]],
  ['text', ['1', '0', '5']],
])('a reply of %s admits nobody', async (_, reply) => {
  await expect(createSubject(reply).take(claims)).rejects.toThrow(TypeError);
});

test('a whole reply decides', async () => {
  await expect(createSubject([1, 0, 5]).take(claims)).resolves.toMatchObject({ admitted: true });
  await expect(createSubject([1, 1, 5, 6]).take(claims)).resolves.toMatchObject({
    admitted: false,
  });
});
