import { expect, test } from 'vitest';
import { checkForLeaks } from './leak-check.ts';

/** `npm run soak` does a million. */
const CALLS = 30_000;

test('calls of every kind and ending leave no stream, timer, socket or memory behind', async () => {
  const { ended, grownBytes, left } = await checkForLeaks(CALLS);
  expect(ended).toBe(CALLS);
  expect(left).toEqual([]);
  // Below 100 bytes a call: less than the smallest thing that could be forgotten.
  expect(grownBytes).toBeLessThan(CALLS * 100);
});
