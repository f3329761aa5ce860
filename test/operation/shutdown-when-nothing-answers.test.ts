import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, get, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { type Backends, startBackends } from '../support/backends.ts';
import { type GatewayProcess, startGateway } from '../support/gateway.ts';
import { startRedisServer } from '../support/redis-server.ts';
import { getQuery } from '../support/request.ts';
import { OtlpCollector } from '../telemetry/otlp/collector.ts';
import { createCertificates } from '../wire/certificates.ts';

const WATCH = 'market.v1.quoteService.watchQuotes';
const GET_QUOTE = 'market.v1.quoteService.getQuote';
const INPUT = { symbols: ['AAPL'] };
const STREAMS = 100;

const GRACE_MS = 2_000;
/** What a machine that does much else may add; without a bound it would be a minute and more. */
const AFTER_GRACE_MS = 10_000;

const cleanUps: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function start(overrides: Parameters<typeof startGateway>[1]) {
  const backends: Backends = await startBackends();
  cleanUps.push(async () => {
    backends.market.child.signal('SIGCONT');
    await backends.stop();
  });
  const gateway = await startGateway(backends, overrides);
  cleanUps.push(() => gateway.stop());
  return { backends, gateway };
}

/** An EventSource by hand, so that nothing reconnects. */
async function openSse({ trpcUrl }: GatewayProcess, agent: Agent): Promise<IncomingMessage> {
  const input = encodeURIComponent(JSON.stringify(INPUT));
  const request = get(`${trpcUrl}/${WATCH}?input=${input}`, {
    agent,
    headers: { accept: 'text/event-stream' },
  });
  const [response]: IncomingMessage[] = await once(request, 'response');
  if (response === undefined) throw new Error('no response');
  await once(response, 'data');
  response.on('error', () => {});
  return response.resume();
}

async function openWebSocket({ webSocketUrl }: GatewayProcess): Promise<WebSocket> {
  const socket = new WebSocket(webSocketUrl);
  await once(socket, 'open');
  const params = { path: WATCH, input: INPUT };
  socket.send(JSON.stringify({ id: 1, method: 'subscription', params }));
  await once(socket, 'message');
  return socket;
}

/** From the signal to the end of the process, in milliseconds. */
async function end({ child }: GatewayProcess): Promise<{ code: number | string; tookMs: number }> {
  const signalled = performance.now();
  child.signal('SIGTERM');
  const code = await child.exited;
  return { code, tookMs: performance.now() - signalled };
}

test('200 streams, a backend, a Redis and a collector that hang do not hold it up beyond the grace', async () => {
  const redis = await startRedisServer();
  cleanUps.push(async () => {
    redis.resume();
    await redis.kill();
  });
  const collector = await OtlpCollector.start();
  cleanUps.push(() => collector.stop());
  const { backends, gateway } = await start({
    // Longer than there is time for: what is left by then is cut.
    server: { shutdownGrace: `${GRACE_MS}ms`, drainJitter: '60s' },
    redis: { urls: [redis.url] },
    rateLimits: { store: 'redis' },
    cache: { shared: true },
    telemetry: { traces: { url: collector.url, ratio: 1, interval: '100ms' } },
    deadline: { max: '60s', default: '60s' },
  });
  const agent = new Agent();
  cleanUps.push(() => agent.destroy());
  const opened = Array.from({ length: STREAMS }, () =>
    Promise.all([openSse(gateway, agent), openWebSocket(gateway)]),
  );
  const closed = (await Promise.all(opened)).flatMap(([sse, socket]) => [
    new Promise((resolve) => sse.once('close', resolve)),
    new Promise((resolve) => socket.once('close', resolve)),
  ]);

  collector.behaviour = 'hang';
  redis.pause();
  backends.market.child.signal('SIGSTOP');
  const hanging = getQuery(gateway.trpcUrl, GET_QUOTE, { symbol: 'MSFT' }).then(
    ({ status }) => `answered with ${status}`,
    () => 'cut',
  );
  const { code, tookMs } = await end(gateway);
  expect(code).toBe(0);
  expect(tookMs).toBeLessThan(GRACE_MS + AFTER_GRACE_MS);
  expect(['cut', 'answered with 503']).toContain(await hanging);
  await Promise.all(closed);
  expect(gateway.child.lines.filter(({ level }) => level === 'error' || level === 50)).toEqual([]);
});

test('connections that say nothing do not hold it up, nor do those that never finish TLS', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'weir-tls-'));
  cleanUps.push(() => rmSync(folder, { recursive: true }));
  const { server } = createCertificates();
  writeFileSync(join(folder, 'server.pem'), server.cert);
  writeFileSync(join(folder, 'server.key'), server.key);
  const tls = { certificate: join(folder, 'server.pem'), key: join(folder, 'server.key') };
  const { gateway } = await start({ server: { shutdownGrace: `${GRACE_MS}ms`, tls } });
  const { port } = new URL(gateway.url);
  const silent: Socket = connect(Number(port), '127.0.0.1');
  cleanUps.push(() => silent.destroy());
  silent.on('error', () => {});
  await once(silent, 'connect');
  // The start of a ClientHello that never goes on.
  silent.write(Buffer.from([22, 3, 1]));
  // Another connection shows that the gateway has accepted the one before it.
  const other = connect(Number(port), '127.0.0.1');
  await once(other, 'connect');
  other.write('not TLS\n');
  other.on('error', () => {});
  await once(other.resume(), 'close');
  const { code, tookMs } = await end(gateway);
  expect(code).toBe(0);
  expect(tookMs).toBeLessThan(GRACE_MS + AFTER_GRACE_MS);
});

test('a disk that hangs does not hold it up', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'weir-audit-'));
  cleanUps.push(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'audit.jsonl');
  // Nobody reads from it, so a thread of the gateway waits for ever to open it.
  execFileSync('mkfifo', [path]);
  const { gateway } = await start({ auth: { audit: { file: { path } } } });
  expect((await fetch(`${gateway.url}/admin/services`)).status).toBe(403);
  const { code, tookMs } = await end(gateway);
  expect(tookMs).toBeLessThan(GRACE_MS + AFTER_GRACE_MS);
  expect(code).toBe('SIGKILL');
  expect(gateway.child.lines.map(({ msg }) => msg)).toEqual(
    expect.arrayContaining(['the audit file cannot be written', 'closed']),
  );
});
