import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { arrivals, type Backends, startBackends } from '../support/backends.ts';
import { type GatewayProcess, startGateway } from '../support/gateway.ts';
import { portOf } from '../support/port-of.ts';
import { subscribeAlone } from '../support/stock-call.ts';
import { type Headers, STOCK_LINKS } from '../support/stock-links.ts';

const WATCH_QUOTES = 'market.v1.quoteService.watchQuotes';
const LINKS = STOCK_LINKS.filter((link) => link.carries.includes('subscription'));

let backends: Backends;
let gateway: GatewayProcess;

beforeAll(async () => {
  backends = await startBackends();
  gateway = await startGateway(backends, {
    upstreams: {
      market: {
        endpoints: [`127.0.0.1:${await unusedPort()}`, backends.market.address],
        balancing: { policy: 'roundRobin' },
        // The dead endpoint is to be asked each time.
        breaker: { consecutiveFailures: 1_000, failureRate: 1 },
      },
    },
  });
});

afterAll(async () => {
  expect(await gateway.stop()).toBe(0);
  await backends.stop();
});

/** Nobody listens there. */
async function unusedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const port = portOf(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe.each(LINKS)('over $name', (link) => {
  function watch(headers: Headers = {}) {
    return subscribeAlone(link.connect(gateway, headers), WATCH_QUOTES, { symbols: ['AAPL'] });
  }

  test('a stream that one endpoint cannot take begins at another', async () => {
    for (let count = 0; count < 4; count++) {
      await using call = watch();
      expect(await call.first).toBeDefined();
    }
  });

  test('one that fails before its first message is begun again as the contract says', async () => {
    const tag = `retried over ${link.name}`;
    await using call = watch({ 'x-test-tag': tag, 'x-sample-fail': 'UNAVAILABLE' });
    expect((await call.failure).data).toMatchObject({ grpc: { code: 'UNAVAILABLE' } });
    expect(arrivals(backends.market, tag)).toBeGreaterThan(1);
  });

  test('one that fails after that is not', async () => {
    const tag = `not retried over ${link.name}`;
    const fault = { 'x-sample-fail': 'UNAVAILABLE', 'x-sample-fail-after': '1' };
    await using call = watch({ 'x-test-tag': tag, ...fault });
    await call.failure;
    expect(arrivals(backends.market, tag)).toBe(1);
  });
});
