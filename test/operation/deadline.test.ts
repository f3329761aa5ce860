import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { arrivalOf, type Backends, startBackends } from '../support/backends.ts';
import { type GatewayProcess, startGateway } from '../support/gateway.ts';
import { getQuery } from '../support/request.ts';
import { startCall } from '../support/stock-call.ts';
import { STOCK_LINKS } from '../support/stock-links.ts';

const GET_QUOTE = 'market.v1.quoteService.getQuote';
const GET_ORDER = 'orders.v1.orderService.getOrder';

let backends: Backends;
let generous: GatewayProcess;
let strict: GatewayProcess;

beforeAll(async () => {
  backends = await startBackends();
  [generous, strict] = await Promise.all([
    startGateway(backends, { deadline: { max: '60s' } }),
    startGateway(backends, {
      deadline: { max: '1200ms', maxStream: '1500ms' },
      upstreams: { orders: { maxTimeout: '700ms' } },
    }),
  ]);
});

afterAll(async () => {
  expect(await Promise.all([generous.stop(), strict.stop()])).toEqual([0, 0]);
  await backends.stop();
});

describe('the smallest of the caller’s, the method’s and the configured limit travels on', () => {
  // The contract gives GetQuote 2 s and GetOrder 5 s.
  test.each([
    { gateway: 'generous', path: GET_QUOTE, header: undefined, smallestMs: 2_000 },
    { gateway: 'generous', path: GET_QUOTE, header: '900m', smallestMs: 900 },
    { gateway: 'generous', path: GET_QUOTE, header: '1H', smallestMs: 2_000 },
    { gateway: 'generous', path: GET_ORDER, header: undefined, smallestMs: 5_000 },
    { gateway: 'generous', path: GET_ORDER, header: '3S', smallestMs: 3_000 },
    { gateway: 'strict', path: GET_QUOTE, header: undefined, smallestMs: 1_200 },
    { gateway: 'strict', path: GET_QUOTE, header: '600000u', smallestMs: 600 },
    { gateway: 'strict', path: GET_ORDER, header: undefined, smallestMs: 700 },
  ] as const)(
    '$gateway, $path, $header: $smallestMs ms',
    async ({ gateway, path, header, smallestMs }) => {
      const tag = crypto.randomUUID();
      const headers = header === undefined ? {} : { 'grpc-timeout': header };
      const input = path === GET_QUOTE ? { symbol: 'AAPL' } : { clientOrderId: 'none' };
      const { trpcUrl } = gateway === 'strict' ? strict : generous;
      await getQuery(trpcUrl, path, input, { 'x-test-tag': tag, ...headers });
      const backend = path === GET_QUOTE ? backends.market : backends.orders;
      const { timeoutMs } = await arrivalOf(backend, tag);
      expect(timeoutMs).toBeLessThanOrEqual(smallestMs);
      expect(timeoutMs).toBeGreaterThan(smallestMs - 400);
    },
  );
});

test.each([['soon'], ['123456789m'], ['-1S'], ['5']])(
  'grpc-timeout %s is refused',
  async (header) => {
    const { status, body } = await getQuery(
      generous.trpcUrl,
      GET_QUOTE,
      { symbol: 'AAPL' },
      { 'grpc-timeout': header },
    );
    expect(status).toBe(400);
    expect(body).toMatchObject({ error: { message: expect.stringContaining('grpc-timeout') } });
  },
);

test('a deadline that has passed is not sent on', async () => {
  const tag = crypto.randomUUID();
  const before = backends.market.events('/market.v1.QuoteService/GetQuote').length;
  const { status } = await getQuery(
    generous.trpcUrl,
    GET_QUOTE,
    { symbol: 'AAPL' },
    { 'x-test-tag': tag, 'grpc-timeout': '0m' },
  );
  expect(status).toBe(504);
  expect(backends.market.events('/market.v1.QuoteService/GetQuote')).toHaveLength(before);
});

test.each(STOCK_LINKS.filter((link) => link.carries.includes('subscription')))(
  'a stream over $name ends with DEADLINE_EXCEEDED at its own limit, mid-stream',
  async (link) => {
    const tag = crypto.randomUUID();
    const stock = link.connect(strict, { 'x-test-tag': tag });
    const call = startCall(stock, 'subscription', 'market.v1.quoteService.watchQuotes', {
      symbols: ['AAPL'],
    });
    expect(await call.first).toMatchObject({ symbol: 'AAPL' });
    expect((await call.failure).data).toMatchObject({ grpc: { code: 'DEADLINE_EXCEEDED' } });
    const { timeoutMs } = await arrivalOf(backends.market, tag);
    expect(timeoutMs).toBeLessThanOrEqual(1_500);
    call.cancel();
    stock.hangUp();
    await stock.close();
  },
);
