import { expect, test } from 'vitest';
import { createQuota, createRateLimit } from './limit.ts';
import { rateLimitHeaders } from './rate-limit-headers.ts';

const limit = createRateLimit('m', 'method', { requests: 500, perMs: 1_000, burst: 1_000 });
const claim = { limit, bucket: 'b', cost: 1 };
const daily = { limit: createQuota('q', 10_000, 86_400_000), bucket: 'b', cost: 1 };

test.each([
  {
    verdict: { admitted: true, tightest: claim, remaining: 997, resetMs: 6 },
    headers: { 'ratelimit-policy': '"method";q=1000;w=2', ratelimit: '"method";r=997;t=1' },
  },
  {
    verdict: { admitted: true, tightest: daily, remaining: 9_999, resetMs: 3_600_000 },
    headers: { 'ratelimit-policy': '"quota";q=10000;w=86400', ratelimit: '"quota";r=9999;t=3600' },
  },
  {
    verdict: { admitted: false, refusedBy: claim, retryAfterMs: 2 },
    headers: {
      'ratelimit-policy': '"method";q=1000;w=2',
      ratelimit: '"method";r=0;t=1',
    },
  },
  { verdict: { admitted: true, tightest: undefined, remaining: 1, resetMs: 0 }, headers: {} },
] as const)('fields of $verdict', ({ verdict, headers }) => {
  expect(Object.fromEntries(rateLimitHeaders(verdict))).toEqual(headers);
});
