import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { createPeerOf } from './client-address.ts';

function requestFrom(address: string | undefined, forwarded: string | undefined): IncomingMessage {
  const socket = new Socket();
  Object.defineProperty(socket, 'remoteAddress', { value: address });
  const request = new IncomingMessage(socket);
  if (forwarded !== undefined) request.headers['x-forwarded-for'] = forwarded;
  return request;
}

const PROXIES = ['10.0.0.0/8', '192.0.2.1', 'fd00::/8'];

test.each([
  ['no proxy', [], '203.0.113.9', '198.51.100.1', '203.0.113.9'],
  ['not through the proxy', PROXIES, '203.0.113.9', '198.51.100.1', '203.0.113.9'],
  ['through the proxy', PROXIES, '10.1.2.3', '198.51.100.1', '198.51.100.1'],
  ['through two', PROXIES, '10.1.2.3', '198.51.100.1, 192.0.2.1', '198.51.100.1'],
  ['with an invented hop', PROXIES, '10.1.2.3', '127.0.0.1, 198.51.100.1', '198.51.100.1'],
  ['nothing said', PROXIES, '10.1.2.3', undefined, '10.1.2.3'],
  ['rubbish', PROXIES, '10.1.2.3', 'unknown', '10.1.2.3'],
  ['rubbish in the middle', PROXIES, '10.1.2.3', '198.51.100.1, x, 192.0.2.1', '192.0.2.1'],
  ['only proxies', PROXIES, '10.1.2.3', '10.9.9.9', '10.9.9.9'],
  ['IPv4 in IPv6', PROXIES, '::ffff:10.1.2.3', '198.51.100.1', '198.51.100.1'],
  ['with its port', PROXIES, '10.1.2.3', '198.51.100.1:51234', '198.51.100.1'],
  ['IPv6 with its port', PROXIES, '10.1.2.3', '[2001:db8::7]:443, 192.0.2.1:80', '2001:db8::7'],
  ['a port alone', PROXIES, '10.1.2.3', '198.51.100.1, :443', '10.1.2.3'],
  ['a port of an invented hop', PROXIES, '10.1.2.3', '10.0.0.9:1, 198.51.100.1:2', '198.51.100.1'],
  ['IPv4 in IPv6, in hexadecimal', PROXIES, '::ffff:a01:203', '198.51.100.1', '198.51.100.1'],
  ['a connection that is gone already', PROXIES, undefined, '198.51.100.1', ''],
  ['IPv6', PROXIES, 'fd00::1', '2001:db8::7', '2001:db8::7'],
])('%s', (_what, proxies, address, forwarded, expected) => {
  expect(createPeerOf(proxies)(requestFrom(address, forwarded)).address).toBe(expected);
});
