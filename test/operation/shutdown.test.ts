import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { arrivalOf, type Backends, startBackends } from '../support/backends.ts';
import { type ConfigTree, type GatewayProcess, startGateway } from '../support/gateway.ts';
import { getQuery, postMutation } from '../support/request.ts';
import { startCall } from '../support/stock-call.ts';
import { STOCK_LINKS } from '../support/stock-links.ts';

const GET_QUOTE = 'market.v1.quoteService.getQuote';
const PLACE_ORDER = 'orders.v1.orderService.placeOrder';
const WATCH_QUOTES = 'market.v1.quoteService.watchQuotes';

let backends: Backends;
let gateway: GatewayProcess;
let tag: string;

beforeAll(async () => {
  backends = await startBackends();
});

afterAll(() => backends.stop());

beforeEach(() => {
  tag = crypto.randomUUID();
});

afterEach(() => gateway.stop());

async function start(overrides: ConfigTree = {}): Promise<void> {
  gateway = await startGateway(backends, overrides);
}

function slow(delayMs: number) {
  return { 'x-test-tag': tag, 'x-sample-delay-ms': `${delayMs}` };
}

/** Resolves once nobody listens there any more. */
async function refusedAt(url: string): Promise<'refused'> {
  const { hostname, port } = new URL(url);
  for (;;) {
    const { promise, resolve } = Promise.withResolvers<unknown>();
    const socket = connect(Number(port), hostname);
    socket.once('connect', () => resolve('accepted'));
    // A connection that waits in the backlog while its listener closes is reset, not refused.
    socket.once('error', (error) => resolve('code' in error ? error.code : error));
    const outcome = await promise;
    socket.destroy();
    if (outcome === 'ECONNREFUSED') return 'refused';
  }
}

test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
  '%s of an idle gateway ends it with 0',
  async (signal) => {
    await start();
    gateway.child.signal(signal);
    expect(await gateway.child.exited).toBe(0);
  },
);

test('running calls are finished, new connections refused, then it ends with 0', async () => {
  await start();
  const clientOrderId = crypto.randomUUID();
  const order = { clientOrderId, symbol: 'AAPL', side: 'SIDE_BUY', quantity: 1, market: {} };
  const answer = postMutation(gateway.trpcUrl, PLACE_ORDER, order, slow(1_500));
  await arrivalOf(backends.orders, tag);
  gateway.child.signal('SIGTERM');
  expect(await refusedAt(gateway.url)).toBe('refused');
  expect(await answer).toMatchObject({
    status: 200,
    body: { result: { data: { order: { clientOrderId } } } },
  });
  expect(await gateway.child.exited).toBe(0);
});

test('a call that outlasts the grace is cut, and the backend hears of it', async () => {
  await start({ server: { shutdownGrace: '300ms' }, deadline: { max: '60s' } });
  const answer = getQuery(gateway.trpcUrl, GET_QUOTE, { symbol: 'AAPL' }, slow(60_000)).then(
    ({ status }) => `answered with ${status}`,
    () => 'cut',
  );
  const { id } = await arrivalOf(backends.market, tag);
  gateway.child.signal('SIGTERM');
  expect(await backends.market.saw('cancelled', id)).toMatchObject({ reason: 'caller' });
  expect(await gateway.child.exited).toBe(0);
  expect(['cut', 'answered with 503']).toContain(await answer);
});

test.each(STOCK_LINKS.filter((link) => link.carries.includes('subscription')))(
  'a subscription over $name does not hold it up, and its backend call ends',
  async (link) => {
    await start({ server: { shutdownGrace: '1s' } });
    const stock = link.connect(gateway, { 'x-test-tag': tag });
    const call = startCall(stock, 'subscription', WATCH_QUOTES, { symbols: ['AAPL'] });
    await call.first;
    const { id } = await arrivalOf(backends.market, tag);
    gateway.child.signal('SIGTERM');
    expect(await gateway.child.exited).toBe(0);
    expect(await backends.market.saw('ended', id)).toMatchObject({ status: 'CANCELLED' });
    call.cancel();
    stock.hangUp();
    await stock.close();
  },
);
