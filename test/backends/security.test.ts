import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createSecureServer, type Http2SecureServer, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { toConfig } from '../../src/config/load-config.ts';
import type { UpstreamConfig } from '../../src/config/schema.ts';
import { UserError } from '../../src/lib/user-error.ts';
import { createTransport } from '../../src/upstream/create-transport.ts';
import { createSecurity } from '../../src/upstream/security/create-security.ts';
import type { Metadata, Transport } from '../../src/upstream/transport/transport.ts';
import { type Certificates, createCertificates } from '../wire/certificates.ts';

let before: Certificates;
let after: Certificates;
let folder: string;
let renewed: number;
let failures: unknown[];
const cleanUps: (() => unknown)[] = [];

beforeAll(() => {
  before = createCertificates();
  after = createCertificates();
});

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'weir-security-'));
  renewed = 0;
  failures = [];
});

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
  rmSync(folder, { recursive: true });
});

function write(name: string, content: string | Buffer): void {
  writeFileSync(join(folder, name), content);
}

function writeIdentity({ ca, client }: Pick<Certificates, 'ca' | 'client'>): void {
  write('ca.pem', ca);
  write('client.pem', client.cert);
  write('client.key', client.key);
}

const toServer = ({ ca, server }: Certificates) => ({
  ...server,
  ca,
  requestCert: true,
  rejectUnauthorized: true,
});

/** Answers when it is told to, where the path says `Wait`; says back what headers it got. */
async function startBackend(certificates: Certificates) {
  const server: Http2SecureServer = createSecureServer(toServer(certificates));
  const open = new Set<TLSSocket>();
  const requests: { readonly headers: Record<string, unknown>; readonly serial: string }[] = [];
  const waiting: (() => void)[] = [];
  server.on('secureConnection', (socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    socket.on('error', () => {});
  });
  server.on('sessionError', () => {});
  server.on('stream', (stream: ServerHttp2Stream, headers) => {
    stream.on('error', () => {});
    const socket = stream.session?.socket as TLSSocket | undefined;
    requests.push({ headers, serial: socket?.getPeerCertificate().serialNumber ?? '' });
    const answer = () => {
      stream.respond({ 'content-type': 'application/grpc' }, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
      stream.end(Buffer.alloc(5));
    };
    if (headers[':path'] === '/a.A/Wait') waiting.push(answer);
    else answer();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanUps.push(async () => {
    const closed = once(server, 'close');
    server.close();
    for (const socket of open) socket.destroy();
    await closed;
  });
  const { port } = server.address() as AddressInfo;
  return { server, port, open, requests, waiting };
}

function configure(upstream: Record<string, unknown>): UpstreamConfig {
  const tree = {
    contracts: [{ folder: 'proto' }],
    upstreams: { market: { endpoints: ['127.0.0.1:1'], ...upstream } },
  };
  const { market } = toConfig(tree, { file: 'weir.yaml', folder }).upstreams;
  if (market === undefined) throw new Error('the configuration lost its upstream');
  return market;
}

// By name, because grpc-js offers an address for SNI and Node refuses that.
const TLS = {
  ca: 'ca.pem',
  certificate: 'client.pem',
  key: 'client.key',
  serverName: 'localhost',
  poll: '5ms',
};

function connectTo(port: number, upstream: Record<string, unknown>): Transport {
  const config = configure(upstream);
  const security = createSecurity(config, {
    securityRenewed: () => renewed++,
    securityFailed: (error) => failures.push(error),
  });
  cleanUps.push(() => security.stop());
  const transport = createTransport(`127.0.0.1:${port}`, config, security);
  cleanUps.push(() => transport.close(0));
  return transport;
}

const call = (transport: Transport, method = 'Get', metadata: Metadata = []) =>
  transport.unary({ rpcPath: `/a.A/${method}`, metadata, message: new Uint8Array() });

test.each(['http2', 'grpc-js'])(
  'new certificates serve new connections, and running calls finish on the old (%s)',
  async (transportName) => {
    writeIdentity(before);
    const backend = await startBackend(before);
    const transport = connectTo(backend.port, { tls: TLS, transport: transportName });
    const running = call(transport, 'Wait');
    await vi.waitFor(() => expect(backend.waiting).toHaveLength(1));
    const [old] = backend.open;

    // The backend's own swap: from here on it is somebody else, and trusts others.
    backend.server.setSecureContext(toServer(after));
    writeIdentity(after);
    await vi.waitFor(() => expect(renewed).toBeGreaterThan(0));
    await vi.waitFor(async () => {
      await call(transport);
      expect(backend.requests.at(-1)?.serial).not.toBe(backend.requests[0]?.serial);
    });
    expect(old?.destroyed).toBe(false);
    backend.waiting[0]?.();
    expect((await running).message).toHaveLength(0);
    await vi.waitFor(() => expect(old?.destroyed).toBe(true));
    await call(transport);
  },
);

test.each<[string, () => void]>([
  ['no PEM', () => write('ca.pem', 'not a certificate')],
  ['an empty file', () => write('client.pem', '')],
  ['no file', () => rmSync(join(folder, 'client.key'))],
  ['a key of another certificate', () => write('client.key', after.client.key)],
])('%s keeps the old certificates, and is told once', async (_, spoil) => {
  writeIdentity(before);
  const backend = await startBackend(before);
  const transport = connectTo(backend.port, { tls: TLS });
  await call(transport);
  spoil();
  await vi.waitFor(() => expect(failures).toEqual([expect.any(UserError)]));
  // A connection that has to be made now is made with the old ones.
  for (const socket of backend.open) socket.destroy();
  await vi.waitFor(() => call(transport));
  writeIdentity(before);
  await vi.waitFor(() => expect(renewed).toBeGreaterThan(0));
  expect(failures).toHaveLength(1);
});

test.each(['http2', 'grpc-js'])(
  'authorities that do not know the backend leave the connections that are open (%s)',
  async (transportName) => {
    writeIdentity(before);
    const backend = await startBackend(before);
    const transport = connectTo(backend.port, { tls: TLS, transport: transportName });
    await call(transport);
    const [old] = backend.open;
    const tried = once(backend.server, 'connection');
    write('ca.pem', before.strangerCa);
    const [socket] = await tried;
    await once(socket, 'close');
    for (let count = 0; count < 20; count++) await call(transport);
    expect(old?.destroyed).toBe(false);
    // Those that come after them are tried too.
    writeIdentity(before);
    await vi.waitFor(() => expect(old?.destroyed).toBe(true));
    await call(transport);
  },
);

test('certificates that came while nothing served are used at once (grpc-js)', async () => {
  writeIdentity(before);
  write('ca.pem', before.strangerCa);
  const backend = await startBackend(before);
  const transport = connectTo(backend.port, { tls: TLS, transport: 'grpc-js' });
  await expect(call(transport)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  writeIdentity(before);
  await vi.waitFor(() => call(transport));
});

test('the authority of calls is what it is set to, whatever the certificate must say', async () => {
  writeIdentity(before);
  const backend = await startBackend(before);
  await call(connectTo(backend.port, { tls: TLS }));
  await call(connectTo(backend.port, { tls: TLS, authority: 'market.mesh:443' }));
  await call(
    connectTo(backend.port, { tls: TLS, authority: 'market.mesh:443', transport: 'grpc-js' }),
  );
  expect(backend.requests.map(({ headers }) => headers[':authority'])).toEqual([
    `localhost:${backend.port}`,
    'market.mesh:443',
    'market.mesh:443',
  ]);
});

test('Weir speaks for itself in metadata, and nobody else does', async () => {
  writeIdentity(before);
  write('token', 'first\n');
  process.env.WEIR_TEST_KEY = 'from-environment';
  cleanUps.push(() => {
    delete process.env.WEIR_TEST_KEY;
  });
  const backend = await startBackend(before);
  const transport = connectTo(backend.port, {
    tls: TLS,
    metadata: {
      authorization: { file: 'token', prefix: 'Bearer ' },
      'x-api-key': { env: 'WEIR_TEST_KEY' },
      'x-team': 'desk',
    },
  });
  const seen = () => backend.requests.at(-1)?.headers;
  await call(transport, 'Get', [
    ['x-team', 'forged'],
    ['x-tenant', 'blue'],
  ]);
  expect(seen()).toMatchObject({
    authorization: 'Bearer first',
    'x-api-key': 'from-environment',
    'x-team': 'desk',
    'x-tenant': 'blue',
  });
  // The token is looked at each second.
  write('token', 'second\n');
  await vi.waitFor(() => expect(renewed).toBe(1), 10_000);
  await call(transport);
  expect(seen()).toMatchObject({ authorization: 'Bearer second' });
});

test.each<[string, Record<string, unknown>, RegExp]>([
  [
    'a variable that is not set',
    { metadata: { 'x-key': { env: 'WEIR_TEST_NONE' } } },
    /"x-key" .* the variable WEIR_TEST_NONE, which is empty or missing/,
  ],
  [
    'a file that is not there',
    { metadata: { 'x-key': { file: 'none' } } },
    /"x-key" .* cannot be read/,
  ],
  ['a certificate that is not there', { tls: { ca: 'none.pem' } }, /none\.pem cannot be read/],
  [
    'a certificate without a key',
    { tls: { certificate: 'a.pem' } },
    /`certificate` and `key` together/,
  ],
  [
    'a name that is the protocol’s own',
    { metadata: { 'grpc-timeout': '1S' } },
    /expected a metadata name/,
  ],
])('%s is refused from the start', (_, upstream, message) => {
  const events = { securityRenewed: () => {}, securityFailed: () => {} };
  expect(() => createSecurity(configure(upstream), events)).toThrow(message);
});
