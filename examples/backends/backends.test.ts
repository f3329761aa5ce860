import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client, credentials, Metadata, type ServiceError } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Backends, startBackends } from '../../test/support/backends.ts';
import { messageDefinition, serviceDefinition } from './server/definitions.ts';

const BUF = join(import.meta.dirname, '..', '..', 'node_modules', '.bin', 'buf');
const QUOTES = 'market.v1.QuoteService';
const ORDERS = 'orders.v1.OrderService';

let backends: Backends;
let clients: { [QUOTES]: Client; [ORDERS]: Client };

beforeAll(async () => {
  backends = await startBackends();
  clients = {
    [QUOTES]: new Client(backends.market.address, credentials.createInsecure()),
    [ORDERS]: new Client(backends.orders.address, credentials.createInsecure()),
  };
});

afterAll(async () => {
  clients[QUOTES].close();
  clients[ORDERS].close();
  await backends.stop();
});

type ServiceName = keyof typeof clients;

function methodOf(service: ServiceName, name: string) {
  const method = serviceDefinition(service)[name];
  if (method === undefined) throw new Error(`${service} has no ${name}`);
  return { client: clients[service], ...method };
}

function metadataOf(fields: Readonly<Record<string, string>>): Metadata {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(fields)) metadata.set(name, value);
  return metadata;
}

function unary(
  service: ServiceName,
  name: string,
  request: object,
  metadata = {},
  deadlineMs = 5_000,
) {
  const { client, path, requestSerialize, responseDeserialize } = methodOf(service, name);
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  client.makeUnaryRequest(
    path,
    requestSerialize,
    responseDeserialize,
    request,
    metadataOf(metadata),
    { deadline: Date.now() + deadlineMs },
    (error, response) => (error ? reject(error) : resolve(response)),
  );
  return promise;
}

function serverStream(service: ServiceName, name: string, request: object, metadata = {}) {
  const { client, path, requestSerialize, responseDeserialize } = methodOf(service, name);
  return client.makeServerStreamRequest(
    path,
    requestSerialize,
    responseDeserialize,
    request,
    metadataOf(metadata),
  );
}

function duplex(service: ServiceName, name: string) {
  const { client, path, requestSerialize, responseDeserialize } = methodOf(service, name);
  return client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize);
}

function isServiceError(thrown: unknown): thrown is ServiceError {
  return thrown instanceof Error && 'code' in thrown && 'metadata' in thrown;
}

/** The refusal with its `google.rpc.Status` details by short type name. */
async function refusalOf(call: Promise<unknown>) {
  const thrown = await call.then(
    () => new Error('The call was not refused'),
    (error: unknown) => error,
  );
  if (!isServiceError(thrown)) throw thrown;
  const bytes = thrown.metadata.get('grpc-status-details-bin')[0] ?? '';
  const status = messageDefinition('google.rpc.Status').deserialize(Buffer.from(bytes));
  const details = 'details' in status && Array.isArray(status.details) ? status.details : [];
  return {
    code: thrown.code,
    details: Object.fromEntries(
      details.map(({ type_url, value }) => {
        const type = String(type_url).slice('type.googleapis.com/'.length);
        return [type.slice('google.rpc.'.length), messageDefinition(type).deserialize(value)];
      }),
    ),
  };
}

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
    const quote = await unary(QUOTES, 'GetQuote', { symbol: 'AAPL' });
    expect(quote).toMatchObject({ symbol: 'AAPL', state: 'TRADING_STATE_OPEN' });
    expect(quote).toHaveProperty('sequence', expect.stringMatching(/^9\d{15}$/));
  });

  test('an unknown symbol is NOT_FOUND with its ErrorInfo', async () => {
    expect(await refusalOf(unary(QUOTES, 'GetQuote', { symbol: 'NONE' }))).toMatchObject({
      code: 5,
      details: { ErrorInfo: { reason: 'UNKNOWN_SYMBOL', metadata: { symbol: 'NONE' } } },
    });
  });

  test('all instruments, page by page', async () => {
    const symbols: string[] = [];
    let page_token = '';
    do {
      const page = await unary(QUOTES, 'ListInstruments', { page_size: 15, page_token });
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
      expect(await refusalOf(unary(QUOTES, 'ListInstruments', { page_token }))).toMatchObject({
        code: 3,
        details: { BadRequest: { field_violations: [{ field: 'page_token' }] } },
      });
    },
  );

  test('quotes stream until the caller leaves, and the backend sees that', async () => {
    const id = crypto.randomUUID();
    const stream = serverStream(
      QUOTES,
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
    const executions = serverStream(
      ORDERS,
      'WatchExecutions',
      {},
      { 'x-request-id': ticket.client_order_id },
    );
    await backends.orders.saw('call', ticket.client_order_id);
    expect(await unary(ORDERS, 'PlaceOrder', ticket)).toMatchObject({
      order: { status: 'ORDER_STATUS_ACCEPTED', pricing: 'market' },
    });
    for await (const execution of executions) {
      expect(execution).toMatchObject({ client_order_id: ticket.client_order_id, complete: true });
      break;
    }
    executions.cancel();
    const { client_order_id } = ticket;
    const fields = { paths: ['status', 'average_price'] };
    expect(await unary(ORDERS, 'GetOrder', { client_order_id, fields })).toMatchObject({
      order: {
        status: 'ORDER_STATUS_FILLED',
        average_price: { value: expect.any(Number) },
        symbol: '',
      },
    });
  });

  test('every field at fault is named', async () => {
    const wrong = order({ symbol: 'NONE', quantity: 0, market: undefined, limit: { price: -1 } });
    const { code, details } = await refusalOf(unary(ORDERS, 'PlaceOrder', wrong));
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
    expect(await refusalOf(unary(ORDERS, 'PlaceOrder', order(changes)))).toMatchObject({
      code,
      details,
    });
  });

  test('an import counts what was placed and says why the rest was not', async () => {
    const { client, path, requestSerialize, responseDeserialize } = methodOf(
      ORDERS,
      'ImportOrders',
    );
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const call = client.makeClientStreamRequest(
      path,
      requestSerialize,
      responseDeserialize,
      (error, answer) => (error ? reject(error) : resolve(answer)),
    );
    for (const each of [order(), order({ quantity: 0 }), order()]) call.write({ order: each });
    call.end();
    expect(await promise).toMatchObject({
      accepted: 2,
      rejected: 1,
      rejections: { 1: expect.stringContaining('INVALID_ARGUMENT') },
    });
  });

  test('a negotiation meets half-way, then agrees', async () => {
    const call = duplex(ORDERS, 'Negotiate');
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
    const call = unary(
      QUOTES,
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
      await refusalOf(unary(QUOTES, 'GetQuote', { symbol: 'AAPL' }, { [name]: value })),
    ).toMatchObject({ code });
  });

  test('a stream fails after as many messages as asked for', async () => {
    const stream = serverStream(
      QUOTES,
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
