import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  arrivalOf,
  arrivals,
  BackendProcess,
  type Backends,
  startBackends,
} from '../support/backends.ts';
import { GatewayProcess, startGateway } from '../support/gateway.ts';
import { getQuery, postMutation } from '../support/request.ts';
import { startCall } from '../support/stock-call.ts';
import { STOCK_LINKS } from '../support/stock-links.ts';

const GET_QUOTE = 'market.v1.quoteService.getQuote';
const PLACE_ORDER = 'orders.v1.orderService.placeOrder';
const CANCEL_ORDER = 'orders.v1.orderService.cancelOrder';
const GET_ORDER = 'orders.v1.orderService.getOrder';

/** Failures on purpose must not open the breaker, which would hide what the retry does. */
const BREAKER = { consecutiveFailures: 1_000, minCalls: 1_000 };

/** Says that the order may have been executed. */
const UNKNOWN = { reason: 'OUTCOME_UNKNOWN', domain: 'weir', metadata: { method: PLACE_ORDER } };

let backends: Backends;
let gateway: GatewayProcess;

beforeAll(async () => {
  backends = await startBackends();
  gateway = await startGateway(backends, {
    upstreams: { market: { breaker: BREAKER }, orders: { breaker: BREAKER } },
  });
});

afterAll(async () => {
  expect(await gateway.stop()).toBe(0);
  await backends.stop();
});

function order(clientOrderId: string = crypto.randomUUID()) {
  return { clientOrderId, symbol: 'AAPL', side: 'SIDE_BUY', quantity: 1, market: {} };
}

describe('an order is sent once', () => {
  test.each(['UNAVAILABLE', 'DEADLINE_EXCEEDED', 'INTERNAL', 'RESOURCE_EXHAUSTED', 'ABORTED'])(
    'when the backend answers %s',
    async (code) => {
      const tag = crypto.randomUUID();
      const fault = { 'x-test-tag': tag, 'x-sample-fail': code };
      const { body } = await postMutation(gateway.trpcUrl, PLACE_ORDER, order(), fault);
      expect(body).toMatchObject({ error: { data: { grpc: { code } } } });
      expect(arrivals(backends.orders, tag)).toBe(1);
    },
  );

  test.each(STOCK_LINKS.filter((link) => link.carries.includes('mutation')))(
    'over $name, when its deadline passes with the answer under way',
    async (link) => {
      const tag = crypto.randomUUID();
      const headers = { 'x-test-tag': tag, 'grpc-timeout': '300m', 'x-sample-delay-ms': '60000' };
      const stock = link.connect(gateway, headers);
      const { failure } = startCall(stock, 'mutation', PLACE_ORDER, order());
      expect((await failure).data).toMatchObject({
        grpc: { code: 'DEADLINE_EXCEEDED', details: [UNKNOWN] },
      });
      const { id } = await arrivalOf(backends.orders, tag);
      await backends.orders.saw('ended', id);
      expect(arrivals(backends.orders, tag)).toBe(1);
      await stock.close();
    },
  );

  test('when the backend dies with the order in its hands and comes back', async () => {
    const tag = crypto.randomUUID();
    const first = await BackendProcess.start('orders');
    const own = await GatewayProcess.start({
      market: backends.market.address,
      orders: first.address,
    });
    const headers = { 'x-test-tag': tag, 'x-sample-delay-ms': '60000' };
    const answer = postMutation(own.trpcUrl, PLACE_ORDER, order(tag), headers);
    await arrivalOf(first, tag);
    await first.child.kill();
    const second = await BackendProcess.start('orders', first.port);
    expect(await answer).toMatchObject({
      status: 503,
      body: { error: { data: { grpc: { code: 'UNAVAILABLE', details: [UNKNOWN] } } } },
    });
    // The drain ends only when no call is running, so nothing can be sent after it.
    expect(await own.stop()).toBe(0);
    expect(arrivals(second, tag)).toBe(0);
    await second.child.stop();
  });
});

describe('what the contract says is safe is tried again, three times in all', () => {
  test.each([
    ['a query', GET_QUOTE, { symbol: 'AAPL' }, 'market'],
    ['another query', GET_ORDER, { clientOrderId: 'none' }, 'orders'],
    ['an idempotent mutation', CANCEL_ORDER, { orderId: '1' }, 'orders'],
  ] as const)('%s', async (_, path, input, backend) => {
    const tag = crypto.randomUUID();
    const fault = { 'x-test-tag': tag, 'x-sample-fail': 'UNAVAILABLE' };
    const ask = path === CANCEL_ORDER ? postMutation : getQuery;
    expect(await ask(gateway.trpcUrl, path, input, fault)).toMatchObject({ status: 503 });
    expect(arrivals(backends[backend], tag)).toBe(3);
  });

  test('but not on a status that says nothing about another time', async () => {
    const tag = crypto.randomUUID();
    const fault = { 'x-test-tag': tag, 'x-sample-fail': 'INTERNAL' };
    const answer = await getQuery(gateway.trpcUrl, GET_QUOTE, { symbol: 'AAPL' }, fault);
    expect(answer.status).toBe(500);
    expect(arrivals(backends.market, tag)).toBe(1);
  });
});
