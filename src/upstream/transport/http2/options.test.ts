import { expect, test } from 'vitest';
import { resolveOptions } from './options.ts';

const address = { host: '10.0.0.1', port: 50_051 };

test.each([
  [{ address }, '10.0.0.1:50051'],
  [{ address: { host: '::1', port: 1 } }, '[::1]:1'],
  [{ address, tls: { serverName: 'quotes.internal' } }, 'quotes.internal:50051'],
  [{ address: { path: '/run/quotes.sock' } }, 'localhost'],
  [{ address, authority: 'named' }, 'named'],
])('%j has the authority %s', (options, authority) => {
  expect(resolveOptions(options).authority).toBe(authority);
});

test.each([
  ['connectTimeoutMs', 0],
  ['streamWindowBytes', 65_534],
  ['connectionWindowBytes', 2 ** 31],
  ['maxConnections', 0],
  ['maxQueuedCalls', -1],
  ['maxReceiveMessageBytes', Number.NaN],
])('%s of %d is refused by its name', (name, value) => {
  expect(() => resolveOptions({ address, [name]: value })).toThrow(name);
});
