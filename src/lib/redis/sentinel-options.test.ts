import { expect, test } from 'vitest';
import { sentinelOptions } from './sentinel-options.ts';

const COMMON = {
  sentinelCommandTimeout: 500,
  sentinelRetryStrategy: expect.any(Function),
  natMap: expect.any(Function),
  updateSentinels: false,
};

test.each([
  [
    'names alone',
    { sentinels: ['redis://s1', 'redis://s2:5000', 'redis://[::1]:5001'], master: 'weir' },
    {
      name: 'weir',
      sentinels: [
        { host: 's1', port: 26_379 },
        { host: 's2', port: 5_000 },
        { host: '::1', port: 5_001 },
      ],
    },
  ],
  [
    'a password of the servers, which the sentinels do not ask for',
    { sentinels: ['redis://s1'], master: 'redis://gateway:p%40ss@weir/3' },
    {
      name: 'weir',
      sentinels: [{ host: 's1', port: 26_379 }],
      username: 'gateway',
      password: 'p@ss',
      db: 3,
    },
  ],
  [
    'TLS and passwords everywhere',
    { sentinels: ['rediss://:watch@s1'], master: 'rediss://:p@my-weir' },
    {
      name: 'my-weir',
      sentinels: [{ host: 's1', port: 26_379 }],
      password: 'p',
      tls: {},
      enableTLSForSentinelMode: true,
      sentinelPassword: 'watch',
      sentinelTLS: {},
    },
  ],
])('%s', (_, servers, options) => {
  expect(sentinelOptions(servers)).toEqual({ ...COMMON, ...options });
});
