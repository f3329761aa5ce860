import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createSecureServer, type Http2SecureServer, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer, type TLSSocket, type TlsOptions } from 'node:tls';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { createHttp2Transport } from '../../src/upstream/transport/http2/http2-transport.ts';
import type { Http2TransportOptions } from '../../src/upstream/transport/http2/options.ts';
import { type Certificates, createCertificates } from './certificates.ts';
import { startRawServer } from './raw-service.ts';

let certificates: Certificates;
beforeAll(() => {
  certificates = createCertificates();
});

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

/** A TLS server that answers every request with an empty message. */
async function startTlsServer(options: TlsOptions): Promise<Http2SecureServer & { port: number }> {
  const server = createSecureServer({ ...options });
  server.on('sessionError', () => {});
  server.on('stream', (stream: ServerHttp2Stream) => {
    stream.on('error', () => {});
    stream.respond({ 'content-type': 'application/grpc' }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
    stream.end(Buffer.alloc(5));
  });
  const sockets = new Set<TLSSocket>();
  server.on('secureConnection', (socket) => sockets.add(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanUps.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return Object.assign(server, { port });
}

async function call(options: Http2TransportOptions): Promise<Uint8Array> {
  const transport = createHttp2Transport(options);
  cleanUps.push(() => transport.close(0));
  const { message } = await transport.unary({
    rpcPath: '/a.A/B',
    metadata: [],
    message: new Uint8Array(),
  });
  return message;
}

const at = (port: number) => ({ host: '127.0.0.1', port });
const neverSent = { code: 'UNAVAILABLE', origin: 'backend', neverSent: true };

test.each([
  ['the name of the certificate', 'localhost'],
  ['the address', undefined],
])('TLS by %s', async (_name, serverName) => {
  const server = await startTlsServer(certificates.server);
  const tls = { ca: certificates.ca, serverName };
  await expect(call({ address: at(server.port), tls })).resolves.toHaveLength(0);
});

test('a certificate for another name is refused before anything is sent', async () => {
  const server = await startTlsServer(certificates.otherServer);
  const tls = { ca: certificates.ca };
  await expect(call({ address: at(server.port), tls })).rejects.toMatchObject({
    ...neverSent,
    message: expect.stringContaining('127.0.0.1'),
  });
  // The same certificate under its own name.
  const named = { ...tls, serverName: 'other.example' };
  await expect(call({ address: at(server.port), tls: named })).resolves.toHaveLength(0);
});

test('a certificate of a stranger is refused', async () => {
  const server = await startTlsServer(certificates.server);
  const tls = { ca: certificates.strangerCa };
  await expect(call({ address: at(server.port), tls })).rejects.toMatchObject(neverSent);
});

test('mutual TLS', async () => {
  const server = await startTlsServer({
    ...certificates.server,
    ca: certificates.ca,
    requestCert: true,
    rejectUnauthorized: true,
  });
  const tls = { ca: certificates.ca };
  await expect(call({ address: at(server.port), tls })).rejects.toMatchObject(neverSent);
  const mutual = { ...tls, ...certificates.client };
  await expect(call({ address: at(server.port), tls: mutual })).resolves.toHaveLength(0);
});

test('a TLS peer without HTTP/2 is refused', async () => {
  const server = createTlsServer({ ...certificates.server, ALPNProtocols: ['http/1.1'] });
  server.on('tlsClientError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanUps.push(() => server.close());
  const { port } = server.address() as AddressInfo;
  const tls = { ca: certificates.ca };
  await expect(call({ address: at(port), tls })).rejects.toMatchObject(neverSent);
});

test('a second connection resumes the TLS session of the first', async () => {
  const server = await startTlsServer(certificates.server);
  const resumed: boolean[] = [];
  server.on('secureConnection', (socket) => resumed.push(socket.isSessionReused()));
  const transport = createHttp2Transport({
    address: at(server.port),
    tls: { ca: certificates.ca },
  });
  cleanUps.push(() => transport.close(0));
  const request = { rpcPath: '/a.A/B', metadata: [], message: new Uint8Array() };
  server.once('session', (session) => {
    server.once('stream', (stream) => stream.once('close', () => session.close()));
  });
  const closed = once(server, 'session').then(([session]) => once(session, 'close'));
  await transport.unary(request);
  await closed;
  await transport.unary(request);
  expect(resumed).toEqual([false, true]);
});

test('a Unix domain socket', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'weir-socket-'));
  cleanUps.push(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'backend.sock');
  const server = await startRawServer(
    { unary: { Echo: (unary, answer) => answer(null, unary.request) } },
    {},
    undefined,
    `unix:${path}`,
  );
  cleanUps.push(() => server.close());
  const transport = createHttp2Transport({ address: { path } });
  cleanUps.push(() => transport.close(0));
  const { message } = await transport.unary({
    rpcPath: '/test.Raw/Echo',
    metadata: [],
    message: Buffer.from('over a socket'),
  });
  expect(Buffer.from(message).toString()).toBe('over a socket');
});
