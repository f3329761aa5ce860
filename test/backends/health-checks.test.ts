import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server as HttpServer } from 'node:http';
import { createServer as createHttp2Server, createSecureServer } from 'node:http2';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Server as NetServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { HealthImplementation } from 'grpc-health-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { checkHealth } from '../../src/upstream/health/check-health.ts';
import { startHealthMonitor } from '../../src/upstream/health/health-monitor.ts';
import { createHealthProbe } from '../../src/upstream/health/health-probe.ts';
import type { HealthAnswer } from '../../src/upstream/health/serving-status.ts';
import { createHttp2Transport } from '../../src/upstream/transport/http2/http2-transport.ts';
import { createTestEndpoint } from '../support/endpoint.ts';
import { pause } from '../support/pause.ts';
import { createCertificates } from '../wire/certificates.ts';
import { startRawServer } from '../wire/raw-service.ts';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

const CONFIG = {
  service: 'market',
  interval: 20,
  timeout: 1_000,
  unhealthyThreshold: 1_000_000,
  healthyThreshold: 1_000_000,
};

async function startHealthServer() {
  const health = new HealthImplementation({ '': 'NOT_SERVING', market: 'SERVING' });
  const server = new Server();
  health.addToServer(server);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  cleanUps.push(() => server.forceShutdown());
  return { health, server, port };
}

function monitor(port: number, config: Parameters<typeof createHealthProbe>[0] = CONFIG) {
  const changes: string[] = [];
  const transport = createHttp2Transport({ address: { host: '127.0.0.1', port } });
  const endpoint = createTestEndpoint({ target: { address: `127.0.0.1:${port}` }, transport });
  const running = startHealthMonitor(endpoint, {
    probe: createHealthProbe(config),
    intervalMs: config.interval,
    timeoutMs: config.timeout,
    unhealthyThreshold: config.unhealthyThreshold,
    healthyThreshold: config.healthyThreshold,
    random: Math.random,
    onChange: (_, health, reason) => changes.push(`${health}: ${reason ?? ''}`),
  });
  cleanUps.push(() => transport.close(0));
  cleanUps.push(() => running.stop());
  return { endpoint, changes };
}

test('a backend announces by Watch how the service fares', async () => {
  const { health, port } = await startHealthServer();
  const { endpoint, changes } = monitor(port);
  await vi.waitFor(() => expect(endpoint.health).toBe('healthy'));
  // No number of answers to Check would reach these thresholds.
  health.setStatus('market', 'NOT_SERVING');
  await vi.waitFor(() => expect(endpoint.health).toBe('unhealthy'));
  health.setStatus('market', 'SERVING');
  await vi.waitFor(() => expect(endpoint.health).toBe('healthy'));
  expect(changes).toEqual(['unhealthy: the backend says NOT_SERVING', 'healthy: ']);
});

test.each([
  ['', 'NOT_SERVING'],
  ['market', 'SERVING'],
])('a report asks for the service %j', async (service, status) => {
  const { port } = await startHealthServer();
  const transport = createHttp2Transport({ address: { host: '127.0.0.1', port } });
  cleanUps.push(() => transport.close(0));
  expect(await checkHealth(transport, 'here', service, 5_000)).toMatchObject({ status });
});

test('a watch does not hold up the orderly stop of a backend', async () => {
  const { server, port } = await startHealthServer();
  const { endpoint } = monitor(port);
  await vi.waitFor(() => expect(endpoint.health).toBe('healthy'));
  await new Promise<void>((resolve, reject) => {
    server.tryShutdown((error) => (error === undefined ? resolve() : reject(error)));
  });
});

test('a backend without a health service is not judged', async () => {
  const server = await startRawServer({
    unary: { Echo: (call, answer) => answer(null, call.request) },
  });
  cleanUps.push(() => server.close());
  const { endpoint, changes } = monitor(server.port);
  await vi.waitFor(() => expect(changes).toEqual(['unknown: the backend has no health service']));
  expect(endpoint.health).toBe('unknown');
});

test('a backend that went away is unhealthy by Check, and back by Check', async () => {
  const { server, port } = await startHealthServer();
  const config = { ...CONFIG, unhealthyThreshold: 2, healthyThreshold: 2 };
  const { endpoint, changes } = monitor(port, config);
  await vi.waitFor(() => expect(endpoint.health).toBe('healthy'));
  server.forceShutdown();
  await vi.waitFor(() => expect(endpoint.health).toBe('unhealthy'));
  expect(changes).toEqual([expect.stringMatching(/^unhealthy: UNAVAILABLE/)]);
});

async function startHttpServer(
  answer: Parameters<typeof createServer>[1],
  at: { port: number } | { path: string } = { port: 0 },
): Promise<HttpServer> {
  const server = createServer({}, answer);
  server.listen('path' in at ? at : { ...at, host: '127.0.0.1' });
  await once(server, 'listening');
  cleanUps.push(async () => {
    const closed = once(server, 'close');
    server.closeAllConnections();
    server.close();
    await closed;
  });
  return server;
}

const portOf = (server: HttpServer) => (server.address() as AddressInfo).port;

function ask(address: string, port: number | undefined, timeout = 5_000): Promise<HealthAnswer> {
  const probe = createHealthProbe({
    ...CONFIG,
    timeout,
    http: { path: '/healthz', port, version: 1 },
  });
  return probe.ask(createTestEndpoint({ target: { address } }));
}

test.each([
  [200, { verdict: 'healthy' }],
  [204, { verdict: 'healthy' }],
  [302, { verdict: 'unhealthy', reason: 'GET /healthz answered 302' }],
  [503, { verdict: 'unhealthy', reason: 'GET /healthz answered 503' }],
])('an HTTP probe answered %d', async (status, expected) => {
  let path: string | undefined;
  const server = await startHttpServer((request, response) => {
    path = request.url;
    // The body never ends.
    response.writeHead(status).flushHeaders();
  });
  expect(await ask('127.0.0.1:1', portOf(server))).toEqual(expected);
  expect(path).toBe('/healthz');
});

test('an HTTP probe goes to the endpoint itself where no port is said, sockets included', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'weir-probe-'));
  cleanUps.push(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'b.sock');
  await startHttpServer((_, response) => response.end(), { path });
  expect(await ask(`unix:${path}`, undefined)).toEqual({ verdict: 'healthy' });
  const server = await startHttpServer((_, response) => response.end());
  expect(await ask(`127.0.0.1:${portOf(server)}`, undefined)).toEqual({ verdict: 'healthy' });
});

test('an HTTP probe that hangs, and one that finds nobody', async () => {
  const server = await startHttpServer(() => {});
  expect(await ask('127.0.0.1:1', portOf(server), 30)).toEqual({
    verdict: 'unhealthy',
    reason: 'GET /healthz was not answered in 30 ms',
    overdue: true,
  });
  expect(await ask('127.0.0.1:1', undefined)).toEqual({
    verdict: 'unhealthy',
    reason: expect.stringContaining('ECONNREFUSED'),
  });
});

async function listen(server: NetServer): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanUps.push(async () => {
    const closed = once(server, 'close');
    server.close();
    await closed;
  });
  return (server.address() as AddressInfo).port;
}

describe('HTTP probes by protocol', () => {
  const certificates = createCertificates();
  const own = { ...certificates.server, ca: certificates.ca, requestCert: true };
  const seen: string[] = [];
  const answer = (request: { httpVersion: string; url?: string | undefined }) =>
    seen.push(`${request.httpVersion} ${request.url}`);

  test.each([
    ['HTTPS', 1, true, '1.1 /healthz'],
    ['HTTP/2 with TLS', 2, true, '2.0 /healthz'],
    ['HTTP/2 without', 2, false, '2.0 /healthz'],
  ] as const)('%s', async (_, version, tls, expected) => {
    const servers = {
      '1 true': () =>
        createHttpsServer({ ...own, rejectUnauthorized: true }, (request, response) => {
          answer(request);
          response.end();
        }),
      '2 true': () =>
        createSecureServer({ ...own, rejectUnauthorized: true }, (request, response) => {
          answer(request);
          response.end();
        }),
      '2 false': () =>
        createHttp2Server((request, response) => {
          answer(request);
          response.end();
        }),
    } as const;
    const port = await listen(servers[`${version} ${tls}` as keyof typeof servers]());
    const contextOf = (ca: Buffer) => ({
      contexts: {
        current: createSecureContext({ ...certificates.client, ca }),
        onChange: () => () => {},
        stop: () => {},
      },
      serverName: 'localhost',
    });
    const askWith = (ca: Buffer) =>
      createHealthProbe(
        { ...CONFIG, http: { path: '/healthz', version } },
        tls ? contextOf(ca) : undefined,
      ).ask(createTestEndpoint({ target: { address: `127.0.0.1:${port}` } }));
    seen.length = 0;
    expect(await askWith(certificates.ca)).toEqual({ verdict: 'healthy' });
    expect(seen).toEqual([expected]);
    const strange = await askWith(certificates.strangerCa);
    expect(strange.verdict).toBe(tls ? 'unhealthy' : 'healthy');
  });

  test('an HTTP/2 probe of a server that speaks something else', async () => {
    const server = await startHttpServer((_, response) => response.end());
    const probe = createHealthProbe({ ...CONFIG, http: { path: '/', version: 2 } });
    const { port } = server.address() as AddressInfo;
    const { verdict } = await probe.ask(
      createTestEndpoint({ target: { address: `127.0.0.1:${port}` } }),
    );
    expect(verdict).toBe('unhealthy');
  });
});

test('an answer that came while the gateway itself stood still is not held against the backend', async () => {
  const server = await startHttpServer((_, response) => response.end());
  const { endpoint, changes } = monitor(portOf(server), {
    ...CONFIG,
    timeout: 100,
    http: { path: '/healthz', version: 1 },
  });
  // The question is under way, and nobody looks until long after its time.
  pause(300);
  await vi.waitFor(() => expect(endpoint.health).toBe('healthy'));
  expect(changes).toEqual([]);
});
