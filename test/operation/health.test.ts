import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { BackendProcess, type Backends, startBackends } from '../support/backends.ts';
import { type GatewayProcess, startGateway } from '../support/gateway.ts';
import { getQuery, request } from '../support/request.ts';

const GET_QUOTE = 'market.v1.quoteService.getQuote';

let backends: Backends;
let gateway: GatewayProcess;

beforeEach(async () => {
  backends = await startBackends();
  gateway = await startGateway(backends, { health: { details: true } });
});

afterEach(async () => {
  expect(await gateway.stop()).toBe(0);
  await backends.stop();
});

test('reports the gateway and each backend', async () => {
  const { market, orders } = backends;
  const { status, headers, body } = await request(`${gateway.url}/health`);
  expect(status).toBe(200);
  expect(headers.get('cache-control')).toBe('no-store');
  expect(body).toEqual({
    status: 'ok',
    upstreams: {
      market: [expect.objectContaining({ address: market.address, status: 'SERVING' })],
      orders: [expect.objectContaining({ address: orders.address, status: 'SERVING' })],
    },
    rateLimits: { mode: 'memory', instances: 1 },
  });
});

test('says which backend is down, and heals when it is back', async () => {
  const { address, port, child } = backends.market;
  await child.kill();
  const down = await request(`${gateway.url}/health`);
  expect(down).toMatchObject({
    status: 200,
    body: {
      status: 'degraded',
      upstreams: {
        market: [{ address, status: 'NOT_SERVING', reason: expect.stringMatching(/^UNAVAILABLE/) }],
        orders: [{ status: 'SERVING' }],
      },
    },
  });
  const refused = await getQuery(gateway.trpcUrl, GET_QUOTE, { symbol: 'AAPL' });
  expect(refused.status).toBe(503);

  const market = await BackendProcess.start('market', port);
  try {
    await vi.waitFor(async () => {
      const healed = await getQuery(gateway.trpcUrl, GET_QUOTE, { symbol: 'AAPL' });
      expect(healed.status).toBe(200);
    }, 20_000);
    await vi.waitFor(async () => {
      const { body } = await request(`${gateway.url}/health`);
      expect(body).toMatchObject({ status: 'ok' });
    }, 20_000);
  } finally {
    await market.child.stop();
  }
});

test('probes ask no backend, so a backend that hangs restarts no gateway', async () => {
  process.kill(backends.market.child.pid, 'SIGSTOP');
  try {
    const answered: string[] = [];
    const ask = async (path: string) => {
      expect((await fetch(`${gateway.url}${path}`)).status).toBe(200);
      answered.push(path);
    };
    // It waits for the backend that hangs, for as long as `health.timeout`.
    const whole = ask('/health');
    await ask('/health/live');
    await ask('/health/ready');
    await whole;
    expect(answered).toEqual(['/health/live', '/health/ready', '/health']);
  } finally {
    process.kill(backends.market.child.pid, 'SIGCONT');
  }
});

test('strangers learn how the backends are, and not where', async () => {
  const plain = await startGateway(backends);
  try {
    const { body } = await request(`${plain.url}/health`);
    expect(body).toEqual({
      status: 'ok',
      upstreams: { market: [{ status: 'SERVING' }], orders: [{ status: 'SERVING' }] },
      rateLimits: { mode: 'memory' },
    });
  } finally {
    await plain.stop();
  }
});
