import { expect, test } from 'vitest';
import { toWebSocketUrl } from './websocket-url.ts';

test.each([
  ['http://127.0.0.1:4000/trpc', undefined, 'ws://127.0.0.1:4000/trpc'],
  ['https://gateway.example/trpc', undefined, 'wss://gateway.example/trpc'],
  ['/trpc', 'http://127.0.0.1:4000/', 'ws://127.0.0.1:4000/trpc'],
  ['/trpc', 'https://desk.example/orders?x=1', 'wss://desk.example/trpc'],
])('%s on %s is %s', (url, base, expected) => {
  expect(toWebSocketUrl(url, base)).toBe(expected);
});

test.each([
  ['/trpc', undefined, "The gateway's URL must be absolute outside a browser, not /trpc"],
  ['ftp://a/trpc', undefined, "The gateway's URL must be http: or https:, not ftp://a/trpc"],
])('%s is refused', (url, base, message) => {
  expect(() => toWebSocketUrl(url, base)).toThrow(new TypeError(message));
});
