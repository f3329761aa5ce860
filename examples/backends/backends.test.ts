import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Backends, startBackends } from '../../test/support/backends.ts';
import { PlainGrpcClient, refusalOf } from '../../test/support/plain-grpc-client.ts';

const BUF = join(import.meta.dirname, '..', '..', 'node_modules', '.bin', 'buf');
const QUOTES = 'market.v1.QuoteService';
const ORDERS = 'orders.v1.OrderService';

let backends: Backends;
let quotes: PlainGrpcClient;
let orders: PlainGrpcClient;

beforeAll(async () => {
  backends = await startBackends();
  quotes = new PlainGrpcClient(QUOTES, backends.market.address);
  orders = new PlainGrpcClient(ORDERS, backends.orders.address);
});

afterAll(async () => {
  quotes.close();
  orders.close();
  await backends.stop();
});

const order = (changes: object = {}) => ({
  client_order_id: crypto.randomUUID(),
  symbol: 'AAPL',
  side: 'SIDE_BUY',
  quantity: 100,
  market: {},
  ...changes,
});

describe('market', () => {
  test('a quote', async () => {
    const quote = await quotes.unary('GetQuote', { symbol: 'AAPL' });
    expect(quote).toMatchObject({ symbol: 'AAPL', state: 'TRADING_STATE_OPEN' });
    expect(quote).toHaveProperty('sequence', expect.stringMatching(/^9\d{15}$/));
  });

  test('an unknown symbol is NOT_FOUND with its ErrorInfo', async () => {
    expect(await refusalOf(quotes.unary('GetQuote', { symbol: 'NONE' }))).toMatchObject({
      code: 5,
      details: { ErrorInfo: { reason: 'UNKNOWN_SYMBOL', metadata: { symbol: 'NONE' } } },
    });
  });

  test('all instruments, page by page', async () => {
    const symbols: string[] = [];
    let page_token = '';
    do {
      const page = await quotes.unary('ListInstruments', { page_size: 15, page_token });
      const { instruments, next_page_token } = page as {
        instruments: { symbol: string }[];
        next_page_token: string;
      };
      symbols.push(...instruments.map(({ symbol }) => symbol));
      page_token = next_page_token;
    } while (page_token !== '');
    expect(symbols).toHaveLength(50);
    expect(new Set(symbols).size).toBe(50);
  });

  test.each([['bm9uc2Vuc2U'], ['%%%'], ['YWZ0ZXI6Tk9ORQ']])(
    'page token %s is refused',
    async (page_token) => {
      expect(await refusalOf(quotes.unary('ListInstruments', { page_token }))).toMatchObject({
        code: 3,
        details: { BadRequest: { field_violations: [{ field: 'page_token' }] } },
      });
    },
  );

  test('quotes stream until the caller leaves, and the backend sees that', async () => {
    const id = crypto.randomUUID();
    const stream = quotes.serverStream(
      'WatchQuotes',
      { symbols: ['AAPL', 'MSFT'] },
      { 'x-request-id': id },
    );
    let count = 0;
    for await (const { symbol } of stream) {
      expect(['AAPL', 'MSFT']).toContain(symbol);
      if (++count === 6) break;
    }
    stream.cancel();
    expect(await backends.market.saw('cancelled', id)).toMatchObject({ reason: 'caller' });
    expect(await backends.market.saw('ended', id)).toMatchObject({ status: 'CANCELLED' });
  });
});

describe('orders', () => {
  test('an order is accepted, then executed', async () => {
    const ticket = order({ quantity: 3 });
    const executions = orders.serverStream(
      'WatchExecutions',
      {},
      { 'x-request-id': ticket.client_order_id },
    );
    await backends.orders.saw('call', ticket.client_order_id);
    expect(await orders.unary('PlaceOrder', ticket)).toMatchObject({
      order: { status: 'ORDER_STATUS_ACCEPTED', pricing: 'market' },
    });
    for await (const execution of executions) {
      expect(execution).toMatchObject({ client_order_id: ticket.client_order_id, complete: true });
      break;
    }
    executions.cancel();
    const { client_order_id } = ticket;
    const fields = { paths: ['status', 'average_price'] };
    expect(await orders.unary('GetOrder', { client_order_id, fields })).toMatchObject({
      order: {
        status: 'ORDER_STATUS_FILLED',
        average_price: { value: expect.any(Number) },
        symbol: '',
      },
    });
  });

  test('every field at fault is named', async () => {
    const wrong = order({ symbol: 'NONE', quantity: 0, market: undefined, limit: { price: -1 } });
    const { code, details } = await refusalOf(orders.unary('PlaceOrder', wrong));
    expect(code).toBe(3);
    expect(details.BadRequest).toMatchObject({
      field_violations: [{ field: 'symbol' }, { field: 'quantity' }, { field: 'limit.price' }],
    });
  });

  test.each([
    [
      'beyond the buying power',
      { quantity: 1_000_000 },
      9,
      { ErrorInfo: { reason: 'INSUFFICIENT_BUYING_POWER' } },
    ],
    ['in a halted symbol', { symbol: 'GME' }, 9, { RetryInfo: { retry_delay: { seconds: '30' } } }],
  ])('%s', async (_, changes, code, details) => {
    expect(await refusalOf(orders.unary('PlaceOrder', order(changes)))).toMatchObject({
      code,
      details,
    });
  });

  test('an import counts what was placed and says why the rest was not', async () => {
    const requests = [order(), order({ quantity: 0 }), order()].map((each) => ({ order: each }));
    expect(await orders.clientStream('ImportOrders', requests)).toMatchObject({
      accepted: 2,
      rejected: 1,
      rejections: { 1: expect.stringContaining('INVALID_ARGUMENT') },
    });
  });

  test('a negotiation meets half-way, then agrees', async () => {
    const call = orders.bidi('Negotiate');
    const steps: unknown[] = [];
    call.write({ offer: { symbol: 'AAPL', side: 'SIDE_BUY', quantity: '50000', price: 100 } });
    for await (const step of call) {
      steps.push(step);
      call.write({ accept: true });
    }
    expect(steps).toMatchObject([
      { counter_offer: { symbol: 'AAPL' } },
      { agreed: { status: 'ORDER_STATUS_FILLED', quantity: 50_000 } },
    ]);
  });
});

describe('every backend', () => {
  test('a deadline ends the work', async () => {
    const id = crypto.randomUUID();
    const call = quotes.unary(
      'GetQuote',
      { symbol: 'AAPL' },
      { 'x-request-id': id, 'x-sample-delay-ms': '60000' },
      100,
    );
    expect(await refusalOf(call)).toMatchObject({ code: 4 });
    expect(await backends.market.saw('cancelled', id)).toMatchObject({
      method: `/${QUOTES}/GetQuote`,
    });
  });

  test.each([
    ['x-sample-fail', 'ABORTED', 10],
    ['x-sample-fail', 'NONSENSE', 3],
    ['x-sample-delay-ms', 'soon', 3],
  ])('%s: %s fails with status %i', async (name, value, code) => {
    expect(
      await refusalOf(quotes.unary('GetQuote', { symbol: 'AAPL' }, { [name]: value })),
    ).toMatchObject({ code });
  });

  test('a stream fails after as many messages as asked for', async () => {
    const stream = quotes.serverStream(
      'WatchQuotes',
      { symbols: ['AAPL'] },
      { 'x-sample-fail': 'DATA_LOSS', 'x-sample-fail-after': '2' },
    );
    let count = 0;
    const reading = (async () => {
      for await (const _ of stream) count += 1;
    })();
    expect(await refusalOf(reading)).toMatchObject({
      code: 15,
      details: { ErrorInfo: { reason: 'ASKED_FOR' } },
    });
    expect(count).toBe(2);
  });

  test.each([
    ['market', QUOTES],
    ['orders', ORDERS],
  ] as const)('%s lists and describes itself to a reflection client', async (name, service) => {
    const args = ['curl', '--reflect', '--protocol', 'grpc', '--http2-prior-knowledge'];
    const url = `http://${backends[name].address}`;
    const listed = await promisify(execFile)(BUF, [...args, '--list-services', url]);
    expect(listed.stdout.trim().split('\n')).toEqual(
      [
        'grpc.health.v1.Health',
        'grpc.reflection.v1.ServerReflection',
        'grpc.reflection.v1alpha.ServerReflection',
        service,
      ].sort(),
    );
    const health = await promisify(execFile)(BUF, [
      ...args,
      '-d',
      `{"service":"${service}"}`,
      `${url}/grpc.health.v1.Health/Check`,
    ]);
    expect(JSON.parse(health.stdout)).toEqual({ status: 'SERVING' });
  });
});
