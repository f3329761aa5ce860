import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { arrivalOf, type Backends, startBackends } from '../support/backends.ts';
import { processesLeft } from '../support/child.ts';
import { GatewayProcess, startGateway } from '../support/gateway.ts';
import { type StockCall, startCall } from '../support/stock-call.ts';
import { type Headers, STOCK_LINKS, type StockClient } from '../support/stock-links.ts';

/** Nothing listens here: port 1 is reserved (RFC 1340) and needs privileges. */
const NOWHERE = '127.0.0.1:1';

interface Kind {
  readonly name: string;
  readonly type: 'query' | 'mutation' | 'subscription';
  readonly path: string;
  readonly backend: 'market' | 'orders';
  readonly good: () => object;
  /** What the first answer must hold. */
  readonly answer: object;
  /** Well-formed, and refused by the backend with this. */
  readonly refused: () => object;
  readonly refusal: object;
  /** Not a message of the contract at this field. */
  readonly malformed: object;
  readonly field: string;
}

const KINDS: readonly Kind[] = [
  {
    name: 'unary query',
    type: 'query',
    path: 'market.v1.quoteService.getQuote',
    backend: 'market',
    good: () => ({ symbol: 'AAPL' }),
    answer: {
      symbol: 'AAPL',
      sequence: expect.stringMatching(/^\d{16}$/),
      state: 'TRADING_STATE_OPEN',
    },
    refused: () => ({ symbol: 'NONE' }),
    refusal: {
      code: 'NOT_FOUND',
      httpStatus: 404,
      grpc: {
        code: 'NOT_FOUND',
        details: expect.arrayContaining([
          {
            '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
            reason: 'UNKNOWN_SYMBOL',
            domain: 'market.v1',
            metadata: { symbol: 'NONE' },
          },
        ]),
      },
    },
    malformed: { symbol: 5 },
    field: 'symbol',
  },
  {
    name: 'unary mutation',
    type: 'mutation',
    path: 'orders.v1.orderService.placeOrder',
    backend: 'orders',
    good: () => ticket(10),
    answer: {
      order: { symbol: 'AAPL', quantity: 10, status: 'ORDER_STATUS_ACCEPTED', market: {} },
    },
    // No rule of the contract says what the tick is, so only the backend can refuse this price.
    refused: () => ({ ...ticket(10), market: undefined, limit: { price: 100.005 } }),
    refusal: {
      code: 'BAD_REQUEST',
      httpStatus: 400,
      grpc: {
        code: 'INVALID_ARGUMENT',
        details: [
          {
            '@type': 'type.googleapis.com/google.rpc.BadRequest',
            fieldViolations: [expect.objectContaining({ field: 'limit.price' })],
          },
        ],
      },
    },
    malformed: { symbol: 'AAPL', limit: { price: 'much' } },
    field: 'limit.price',
  },
  {
    name: 'server stream',
    type: 'subscription',
    path: 'market.v1.quoteService.watchQuotes',
    backend: 'market',
    good: () => ({ symbols: ['AAPL'] }),
    answer: { symbol: 'AAPL', quote: { symbol: 'AAPL', state: 'TRADING_STATE_OPEN' } },
    refused: () => ({ symbols: ['AAPL', 'NONE'] }),
    refusal: {
      code: 'NOT_FOUND',
      httpStatus: 404,
      grpc: {
        code: 'NOT_FOUND',
        details: expect.arrayContaining([expect.objectContaining({ reason: 'UNKNOWN_SYMBOL' })]),
      },
    },
    malformed: { symbols: ['AAPL', 7] },
    field: 'symbols[1]',
  },
];

/** Weir's own HTTP/2 client, and the reference that it must not differ from. */
const TRANSPORTS = ['http2', 'grpc-js'] as const;

const CASES = TRANSPORTS.flatMap((transport) =>
  KINDS.flatMap((kind) =>
    STOCK_LINKS.filter((link) => link.carries.includes(kind.type)).map((link) => ({
      kind,
      link,
      transport,
    })),
  ),
);

function ticket(quantity: number) {
  return {
    clientOrderId: crypto.randomUUID(),
    symbol: 'AAPL',
    side: 'SIDE_BUY',
    quantity,
    market: {},
  };
}

let backends: Backends;
let gateways: Readonly<Record<(typeof TRANSPORTS)[number], Pair>>;

interface Pair {
  readonly usual: GatewayProcess;
  /** Its backends are down. */
  readonly lonely: GatewayProcess;
}

beforeAll(async () => {
  backends = await startBackends();
  const [http2, grpcJs] = await Promise.all(TRANSPORTS.map(startPair));
  if (http2 === undefined || grpcJs === undefined) throw new Error('A pair for each transport');
  gateways = { http2, 'grpc-js': grpcJs };
});

afterAll(async () => {
  const all = Object.values(gateways).flatMap(({ usual, lonely }) => [usual, lonely]);
  const codes = await Promise.all(all.map((gateway) => gateway.stop()));
  await backends.stop();
  expect(codes).toEqual([0, 0, 0, 0]);
  expect(processesLeft()).toEqual([]);
});

async function startPair(transport: string): Promise<Pair> {
  const upstreams = { market: { transport }, orders: { transport } };
  const [usual, lonely] = await Promise.all([
    startGateway(backends, { upstreams }),
    GatewayProcess.start({ market: NOWHERE, orders: NOWHERE }, { upstreams }),
  ]);
  return { usual, lonely };
}

describe.each(CASES)('$kind.name over $link.name and $transport', ({ kind, link, transport }) => {
  let tag: string;
  let stock: StockClient;
  let call: StockCall;

  beforeEach(() => {
    tag = crypto.randomUUID();
  });

  afterEach(async () => {
    call.cancel();
    stock.hangUp();
    await stock.close();
  });

  function start(input: object, headers: Headers = {}, which: keyof Pair = 'usual'): void {
    stock = link.connect(gateways[transport][which], { 'x-test-tag': tag, ...headers });
    call = startCall(stock, kind.type, kind.path, input);
  }

  test('ok', async () => {
    start(kind.good());
    expect(await call.first).toMatchObject(kind.answer);
  });

  test('backend error with details', async () => {
    start(kind.refused());
    const { data } = await call.failure;
    const { id } = await arrivalOf(backends[kind.backend], tag);
    expect(data).toMatchObject({ ...kind.refusal, path: kind.path, requestId: id });
  });

  test('cancel', async () => {
    const slow = { 'x-sample-delay-ms': '60000' };
    start(kind.good(), slow);
    const backend = backends[kind.backend];
    const { id } = await arrivalOf(backend, tag);
    call.cancel();
    if (link.abortsSilently) stock.hangUp();
    expect(await backend.saw('cancelled', id)).toMatchObject({ reason: 'caller' });
    expect(await backend.saw('ended', id)).toMatchObject({ status: 'CANCELLED', messages: 0 });
  });

  test('deadline', async () => {
    start(kind.good(), { 'grpc-timeout': '400m', 'x-sample-delay-ms': '60000' });
    expect((await call.failure).data).toMatchObject({
      code: 'GATEWAY_TIMEOUT',
      httpStatus: 504,
      grpc: { code: 'DEADLINE_EXCEEDED' },
    });
    const backend = backends[kind.backend];
    const { id, timeoutMs } = await arrivalOf(backend, tag);
    expect(timeoutMs).toBeLessThanOrEqual(400);
    expect(await backend.saw('ended', id)).toMatchObject({ status: 'CANCELLED', messages: 0 });
  });

  test('bad input', async () => {
    start(kind.malformed);
    expect((await call.failure).data).toMatchObject({
      code: 'BAD_REQUEST',
      httpStatus: 400,
      grpc: {
        code: 'INVALID_ARGUMENT',
        details: [{ fieldViolations: [expect.objectContaining({ field: kind.field })] }],
      },
    });
  });

  test('backend down', async () => {
    start(kind.good(), {}, 'lonely');
    expect((await call.failure).data).toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      httpStatus: 503,
      grpc: { code: 'UNAVAILABLE' },
    });
  });
});
