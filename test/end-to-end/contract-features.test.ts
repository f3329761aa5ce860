import { createTRPCUntypedClient, httpBatchLink, type TRPCUntypedClient } from '@trpc/client';
import type { AnyTRPCRouter } from '@trpc/server';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Backends, startBackends } from '../support/backends.ts';
import { type GatewayProcess, startGateway } from '../support/gateway.ts';
import { getQuery } from '../support/request.ts';

const LIST = 'market.v1.quoteService.listInstruments';
const PLACE = 'orders.v1.orderService.placeOrder';
const GET = 'orders.v1.orderService.getOrder';
const CANCEL = 'orders.v1.orderService.cancelOrder';
const TWAP = 'type.googleapis.com/orders.v1.TwapAlgorithm';

let backends: Backends;
let gateway: GatewayProcess;
let client: TRPCUntypedClient<AnyTRPCRouter>;

beforeAll(async () => {
  backends = await startBackends();
  gateway = await startGateway(backends);
  client = createTRPCUntypedClient({ links: [httpBatchLink({ url: gateway.trpcUrl })] });
});

afterAll(async () => {
  expect(await gateway.stop()).toBe(0);
  await backends.stop();
});

const limit = { price: 0.01, timeInForce: 'TIME_IN_FORCE_DAY' };
const ticket = (changes: object) => ({
  clientOrderId: crypto.randomUUID(),
  symbol: 'MSFT',
  side: 'SIDE_BUY',
  quantity: 40,
  ...changes,
});

test('a query answers as the first example of the documentation says', async () => {
  const { status, body } = await getQuery(gateway.trpcUrl, 'market.v1.quoteService.getQuote', {
    symbol: 'AAPL',
  });
  expect(status).toBe(200);
  expect(body).toEqual({
    result: {
      data: {
        symbol: 'AAPL',
        bid: expect.any(Number),
        ask: expect.any(Number),
        bidSize: expect.any(Number),
        askSize: expect.any(Number),
        sequence: expect.stringMatching(/^\d{16}$/),
        quotedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3,9})?Z$/),
        state: 'TRADING_STATE_OPEN',
        last: expect.any(Number),
        changeBps: expect.any(Number),
      },
    },
  });
});

test('every kind of scalar and well-known type arrives in its JSON form', async () => {
  const page = await client.query(LIST, { prefix: 'AAPL' });
  expect(page).toEqual({
    instruments: [
      {
        symbol: 'AAPL',
        name: 'Apple Inc.',
        tick: 0.01,
        sharesOutstanding: '15115000000',
        feedId: 3060094812,
        listingId: '9223372039914870620',
        priceExponent: -2,
        epochOffsetNs: '-3060094833420663684',
        netPositionLimit: '-151150000',
        shortable: true,
        listingDigest: expect.stringMatching(/^[\w+/]{43}=$/),
        identifiers: {
          ISIN: 'US0600948121',
          RIC: 'AAPL.O',
          BLOOMBERG: 'AAPL US Equity',
        },
        venues: {
          '1': { name: 'Weir Exchange', primary: true },
          '105': { name: 'Dark Pool 6', primary: false },
        },
        sector: {
          name: 'Hardware',
          parent: { name: 'Information Technology' },
        },
        attributes: {
          vendor: 'Weir Reference Data',
          esgScore: 81,
          tags: ['hardware', 'income'],
          index: { name: 'Weir 50', weight: 0.15115 },
          successor: null,
        },
        settlement: '86400s',
        dividendYield: 0.43,
        recentCloses: Array.from({ length: 5 }, () => expect.any(Number)),
        allowedStates: ['TRADING_STATE_OPEN', 'TRADING_STATE_HALTED', 'TRADING_STATE_CLOSED'],
        isin: 'US0600948121',
      },
    ],
    nextPageToken: '',
  });
});

test('what is absent stays absent: a wrapper, an optional field', async () => {
  const { instruments } = (await client.query(LIST, { prefix: 'AMZN' })) as {
    instruments: object[];
  };
  expect(instruments[0]).not.toHaveProperty('dividendYield');
  const halted = await client.query('market.v1.quoteService.getQuote', { symbol: 'GME' });
  expect(halted).not.toHaveProperty('last');
  expect(halted).toHaveProperty('state', 'TRADING_STATE_HALTED');
});

test('pages follow one another to the end', async () => {
  const symbols: string[] = [];
  let pageToken = '';
  do {
    const page = (await client.query(LIST, { pageSize: 20, pageToken })) as {
      instruments: { symbol: string }[];
      nextPageToken: string;
    };
    symbols.push(...page.instruments.map(({ symbol }) => symbol));
    pageToken = page.nextPageToken;
  } while (pageToken !== '');
  expect(symbols).toHaveLength(50);
});

test.each([
  ['limit', { limit }],
  ['market', { market: {} }],
  ['peg', { peg: { offset: 0.05 } }],
])('of a oneof only the field that was set comes back: %s', async (_, pricing) => {
  const { order } = (await client.mutation(PLACE, ticket(pricing))) as { order: object };
  const present = ['limit', 'market', 'peg'].filter((name) => name in order);
  expect(present).toEqual(Object.keys(pricing));
  expect(order).toMatchObject(pricing);
});

test('Any, wrappers, maps and recursive messages make the round trip', async () => {
  const placed = ticket({
    limit,
    note: 'for the close',
    labels: { desk: 'equities', 'with space': 'ü' },
    algorithm: { '@type': TWAP, slices: 4, randomise: true },
  });
  expect(await client.mutation(PLACE, placed)).toMatchObject({
    order: {
      ...placed,
      orderId: expect.stringMatching(/^\d{17}$/),
      status: 'ORDER_STATUS_ACCEPTED',
      children: Array.from({ length: 4 }, (_, slice) => ({
        clientOrderId: `${placed.clientOrderId}/${slice + 1}`,
        quantity: 10,
        children: [],
      })),
    },
  });
});

test('a FieldMask selects, a Value takes any JSON, and cancelling twice is cancelling once', async () => {
  const placed = ticket({ limit });
  const { clientOrderId } = placed;
  await client.mutation(PLACE, placed);
  const fields = 'orderId,clientOrderId,limit.price';
  const { order } = (await client.query(GET, { clientOrderId, fields })) as {
    order: { orderId: string };
  };
  expect(order).toMatchObject({ clientOrderId, symbol: '', quantity: 0, limit: { price: 0.01 } });
  for (const reason of ['changed my mind', { code: 7, tags: [null, true] }]) {
    const cancelled = await client.mutation(CANCEL, { orderId: order.orderId, reason });
    expect(cancelled).toMatchObject({
      order: { orderId: order.orderId, status: 'ORDER_STATUS_CANCELLED' },
      acknowledgement: {},
    });
  }
});

test.each([
  ['a second order with the same id', { symbol: 'MSFT' }, 'CONFLICT', 'DUPLICATE_CLIENT_ORDER_ID'],
  ['a halted instrument', { symbol: 'GME', clientOrderId: 'h' }, 'BAD_REQUEST', 'TRADING_HALTED'],
  [
    'more than can be paid',
    { symbol: 'LLY', quantity: 1_000_000, clientOrderId: 'p' },
    'BAD_REQUEST',
    'INSUFFICIENT_BUYING_POWER',
  ],
])('%s is refused with its reason', async (_, changes, code, reason) => {
  const first = ticket({ limit });
  await client.mutation(PLACE, first);
  const refusal = client.mutation(PLACE, {
    ...first,
    limit: { ...limit, price: 1_000 },
    ...changes,
  });
  await expect(refusal).rejects.toMatchObject({
    data: {
      code,
      grpc: { details: expect.arrayContaining([expect.objectContaining({ reason })]) },
    },
  });
});

test('a halt says when to try again', async () => {
  const refusal = client.mutation(PLACE, ticket({ symbol: 'GME', market: {} }));
  await expect(refusal).rejects.toMatchObject({ data: { retryAfterMs: 30_000 } });
});
