import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { arrivalOf, BackendProcess, type Backends, startBackends } from '../support/backends.ts';
import { GatewayProcess, startGateway } from '../support/gateway.ts';
import { subscribeAlone } from '../support/stock-call.ts';
import { type Headers, STOCK_LINKS } from '../support/stock-links.ts';

const WATCH_QUOTES = 'market.v1.quoteService.watchQuotes';
const WATCH_EXECUTIONS = 'orders.v1.orderService.watchExecutions';
const LINKS = STOCK_LINKS.filter((link) => link.carries.includes('subscription'));

let backends: Backends;
let gateway: GatewayProcess;

beforeAll(async () => {
  backends = await startBackends();
  gateway = await startGateway(backends);
});

afterAll(async () => {
  expect(await gateway.stop()).toBe(0);
  await backends.stop();
});

describe.each(LINKS)('over $name', (link) => {
  function watch(path: string, input: object, headers: Headers = {}, through = gateway) {
    return subscribeAlone(link.connect(through, headers), path, input);
  }

  test('an error after three messages comes after them, with its details', async () => {
    const fault = { 'x-sample-fail': 'ABORTED', 'x-sample-fail-after': '3' };
    await using call = watch(WATCH_QUOTES, { symbols: ['AAPL', 'MSFT', 'NVDA'] }, fault);
    expect((await call.failure).data).toMatchObject({
      code: 'CONFLICT',
      grpc: { code: 'ABORTED', details: [{ reason: 'ASKED_FOR', metadata: { code: 'ABORTED' } }] },
    });
    expect(call.messages).toHaveLength(3);
    expect(await call.ending).toBe('failure');
  });

  test('a backend that dies mid-stream is a failure, never a clean end', async () => {
    const market = await BackendProcess.start('market');
    const fragile = await GatewayProcess.start({
      market: market.address,
      orders: backends.orders.address,
    });
    {
      await using call = watch(WATCH_QUOTES, { symbols: ['AAPL'] }, {}, fragile);
      await call.first;
      await market.child.kill();
      expect(await call.ending).toBe('failure');
      expect((await call.failure).data).toMatchObject({ grpc: { code: 'UNAVAILABLE' } });
    }
    expect(await fragile.stop()).toBe(0);
  });

  test('unsubscribing mid-stream cancels the backend call', async () => {
    const tag = crypto.randomUUID();
    await using call = watch(WATCH_QUOTES, { symbols: ['AAPL'] }, { 'x-test-tag': tag });
    await call.first;
    const { id } = await arrivalOf(backends.market, tag);
    call.cancel();
    expect(await backends.market.saw('cancelled', id)).toMatchObject({ reason: 'caller' });
  });

  test('a lost connection cancels the backend call', async () => {
    const tag = crypto.randomUUID();
    const own = await startGateway(backends);
    {
      await using call = watch(WATCH_QUOTES, { symbols: ['AAPL'] }, { 'x-test-tag': tag }, own);
      await call.first;
      const { id } = await arrivalOf(backends.market, tag);
      await own.child.kill();
      expect(await backends.market.saw('cancelled', id)).toMatchObject({ reason: 'caller' });
    }
    await own.stop();
  });

  test('executions arrive as their order fills', async () => {
    const tag = crypto.randomUUID();
    await using call = watch(WATCH_EXECUTIONS, {}, { 'x-test-tag': tag });
    await arrivalOf(backends.orders, tag);
    const clientOrderId = crypto.randomUUID();
    const stock = LINKS[0]?.connect(gateway, {});
    const order = { clientOrderId, symbol: 'AAPL', side: 'SIDE_BUY', quantity: 1, market: {} };
    await stock?.client.mutation('orders.v1.orderService.placeOrder', order);
    expect(await call.first).toMatchObject({
      data: { clientOrderId, sequence: expect.stringMatching(/^\d{17}$/), complete: true },
    });
    await stock?.close();
  });

  test.each(['importOrders', 'negotiate'])('%s is refused in clear words', async (name) => {
    await using call = watch(`orders.v1.orderService.${name}`, {});
    const { message, data } = await call.failure;
    expect(message).toContain('streams from the client');
    expect(data).toMatchObject({ code: 'METHOD_NOT_SUPPORTED', grpc: { code: 'UNIMPLEMENTED' } });
  });
});
