import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { createTestKey } from '../../../test/auth/support/test-issuer.ts';
import { loadJwksFromUrl } from './load-jwks.ts';

const key = await createTestKey('ES256', 'k1');
const servers: ReturnType<typeof createServer>[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  servers.push(server);
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  return `http://127.0.0.1:${isAddressInfo(address) ? address.port : ''}/jwks.json`;
}

function isAddressInfo(address: unknown): address is AddressInfo {
  return typeof address === 'object' && address !== null && 'port' in address;
}

test('reads the set of an issuer', async () => {
  const url = await serve((_request, response) => {
    response.end(JSON.stringify({ keys: [key.jwk] }));
  });
  const set = await loadJwksFromUrl(url)();
  expect(set.find({ alg: 'ES256', kid: 'k1', typ: undefined }, 'ES256')).toBeDefined();
});

test.each<[what: string, listener: RequestListener, message: RegExp]>([
  ['an error', (_request, response) => response.writeHead(503).end(), /answered 503/],
  [
    'a redirect',
    (_request, response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
    /fetch failed/,
  ],
  ['no JSON', (_request, response) => response.end('<html>'), /JSON/],
  [
    'too much',
    (_request, response) => response.end(`"${'x'.repeat(1_048_576)}"`),
    /more than 1048576 bytes/,
  ],
  ['silence', () => {}, /timeout/],
])('%s is an error, not a set', async (_what, listener, message) => {
  const url = await serve(listener);
  await expect(loadJwksFromUrl(url, 250)()).rejects.toThrow(message);
});
