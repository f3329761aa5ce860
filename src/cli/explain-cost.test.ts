import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ConfigTree } from '../config/environment.ts';
import { toConfig } from '../config/load-config.ts';
import { loadContracts } from '../contract/load-contracts.ts';
import { explainCost } from './explain-cost.ts';

const PROTO = join(import.meta.dirname, '..', '..', 'proto');
const snapshot = await loadContracts([{ folder: PROTO }]);

function explain(sections: ConfigTree): string {
  const tree = { contracts: [{ folder: PROTO }], upstreams: {}, ...sections };
  const text = explainCost(snapshot, toConfig(tree, { file: 'weir.yaml', folder: '/' }));
  return text
    .split('\n')
    .map((line) => line.replace(/ {2,}/g, ' | '))
    .join('\n');
}

test('explains what the sample contracts say', () => {
  const text = explain({});
  expect(text).toContain('Limits: each gateway counts for itself.');
  expect(text).toContain(
    'market.v1.quoteService.getQuote | each caller by address: 500 per 1s, burst 1000 | never',
  );
  expect(text).toContain(
    'market.v1.quoteService.listInstruments | no limit | 30 s for everyone, +600 s while the backend fails',
  );
});

test.each([
  [{ urls: ['redis://:secret@a:6379', 'redis://b:6380'] }, 'the Redis cluster at a:6379, b:6380'],
  [
    {
      sentinels: ['rediss://:secret@s1', 'rediss://:secret@s2:5000'],
      master: 'rediss://u:p@weir/1',
    },
    'the Redis that s1, s2:5000 know as weir',
  ],
])(
  'names the Redis that gateways count together in, and not what lets them in: %o',
  (redis, text) => {
    const explained = explain({ redis, rateLimits: { store: 'redis' } });
    expect(explained).toContain(
      `Limits: all gateways count together in ${text}; without it: local.`,
    );
  },
);

test('explains the whole hierarchy, with what the configuration changes', () => {
  const text = explain({
    redis: { urls: ['redis://127.0.0.1:6379'] },
    rateLimits: {
      store: 'leased',
      whenRedisGone: 'closed',
      caller: { requests: 50, per: '1s', key: ['tenant', 'ip'] },
      gateway: { requests: 10_000, per: '1s' },
      quotas: [{ amount: 100_000 }],
      methods: {
        'orders.v1.orderService.placeOrder': { requests: 10, per: '1m', key: 'subject', cost: 5 },
      },
    },
    cache: {
      methods: {
        'orders.v1.orderService.getOrder': { ttl: '2s', staleWhileRevalidate: '1s' },
        'market.v1.quoteService.listInstruments': 'off',
      },
    },
  });
  expect(text).toContain('by leases from Redis at 127.0.0.1:6379; without it: closed.');
  expect(text).toContain(
    [
      'orders.v1.orderService.placeOrder | each caller, all methods by tenant and address: 50 per 1s, burst 50, a call costs 5 | never',
      ' | each caller by subject: 10 per 1m, burst 10, a call costs 5',
      ' | each caller, all methods by subject or address: 100000 per 24h, from its start in UTC, a call costs 5',
      ' | all callers, all methods: 10000 per 1s, burst 10000, a call costs 5',
    ].join('\n'),
  );
  expect(text).toContain('2 s for each caller, +1 s while renewing');
  expect(text).toMatch(/listInstruments.* never$/m);
});

test.each([
  [
    'a method that does not exist',
    { methods: { 'market.v1.quoteService.getQuotes': 'off' } },
    'There is no method "market.v1.quoteService.getQuotes"; did you mean "market.v1.quoteService.getQuote"?',
  ],
  [
    'a cost that no burst can pay',
    {
      gateway: { requests: 3, per: '1s' },
      methods: {
        'market.v1.quoteService.getQuote': { requests: 10, per: '1s', cost: 5 },
      },
    },
    'market.v1.quoteService.getQuote costs 5, more than the burst of its gateway limit (3 per 1s, burst 3), so nobody could call it.',
  ],
])('%s is reported', (_, rateLimits, message) => {
  expect(() => explain({ rateLimits })).toThrow(message);
});

test('says that workers divide what is held in memory', () => {
  const text = explain({ server: { workers: 2 } });
  expect(text).toContain('Limits: each of 2 workers counts for itself and admits its part');
});
