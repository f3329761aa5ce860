import { expect, test } from 'vitest';
import { toConfig } from '../config/load-config.ts';
import { configOfWorker } from './config-of-worker.ts';

const whole = toConfig(
  {
    server: { workers: 3 },
    contracts: [{ folder: 'proto' }],
    upstreams: {
      market: { endpoints: ['127.0.0.1:1'], queue: { maxInFlight: 50, maxPending: 2 } },
    },
    rateLimits: { concurrency: { calls: 100, streams: 2, sockets: 30 } },
    cache: { memory: '3MiB' },
    auth: { audit: { file: { path: 'audit.jsonl' } } },
  },
  { file: 'weir.yaml', folder: '/etc/weir' },
);

test('a worker has its part of what the gateway promises, and never nothing', () => {
  expect(configOfWorker(whole, 2)).toMatchObject({
    rateLimits: { maxBuckets: 33_333, concurrency: { calls: 33, streams: 1, sockets: 10 } },
    cache: { memory: 1024 * 1024 },
    upstreams: { market: { queue: { maxInFlight: 16, maxPending: 1 } } },
  });
});

test('what protects a process stays as it is', () => {
  expect(configOfWorker(whole, 2).limits).toEqual(whole.limits);
});

test('each worker writes an audit file of its own', () => {
  expect(configOfWorker(whole, 2).auth.audit.file?.path).toBe('/etc/weir/audit-worker-2.jsonl');
});
