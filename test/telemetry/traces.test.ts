import { createTRPCUntypedClient, createWSClient, wsLink } from '@trpc/client';
import type { AnyTRPCRouter } from '@trpc/server';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { arrivalOf, type Backends, startBackends } from '../support/backends.ts';
import type { Line } from '../support/child.ts';
import { type GatewayProcess, startGateway } from '../support/gateway.ts';
import { scrape, valueOn } from '../support/metrics-page.ts';
import { getQuery, postMutation, request } from '../support/request.ts';
import { OtlpCollector } from './otlp/collector.ts';
import { toTrees } from './otlp/span-tree.ts';

const GET_QUOTE = 'market.v1.quoteService.getQuote';
const WATCH_QUOTES = 'market.v1.quoteService.watchQuotes';
const CANCEL_ORDER = 'orders.v1.orderService.cancelOrder';
const GET_ORDER = 'orders.v1.orderService.getOrder';
const WATCH_EXECUTIONS = 'orders.v1.orderService.watchExecutions';
const LIST = 'market.v1.quoteService.listInstruments';
const GET_QUOTE_RPC = 'market.v1.QuoteService/GetQuote';

const secret = 'a secret of at least thirty-two characters';

let backends: Backends;
let collector: OtlpCollector;
let gateway: GatewayProcess;

beforeAll(async () => {
  backends = await startBackends();
  collector = await OtlpCollector.start();
  gateway = await startGateway(backends, {
    telemetry: {
      traces: {
        url: collector.url,
        ratio: 0,
        methods: { [LIST]: 1 },
        interval: '20ms',
        slow: '300ms',
      },
    },
    log: { slow: '300ms' },
    auth: {
      mode: 'on',
      issuers: [{ issuer: 'test', audiences: ['weir'], algorithms: ['HS256'], keys: { secret } }],
      access: {
        // By contract it asks for a role, as the other orders' methods do.
        'orders.v1.OrderService/CancelOrder': 'public',
      },
    },
  });
  // The first call to a backend waits for its connection, which the tree would tell.
  await getQuery(gateway.trpcUrl, GET_QUOTE, { symbol: 'AAPL' });
  await postMutation(gateway.trpcUrl, CANCEL_ORDER, { orderId: '999999' });
});

afterAll(async () => {
  expect(await gateway.stop()).toBe(0);
  await collector.stop();
  await backends.stop();
  expect(collector.faults).toEqual([]);
});

beforeEach(() => {
  collector.spans.length = 0;
});

const hex = (length: number) =>
  Array.from({ length }, () => Math.floor(1 + Math.random() * 15).toString(16)).join('');

/** The headers of a page that began a trace, as the OpenTelemetry API for browsers sends them. */
function begin(flags = '01') {
  const traceId = hex(32);
  const spanId = hex(16);
  return { traceId, spanId, headers: { traceparent: `00-${traceId}-${spanId}-${flags}` } };
}

/** The trees of a trace once it has that many spans. */
async function traceOf(traceId: string, spans: number) {
  return toTrees(await collector.waitFor(spans, (span) => span.traceId === traceId));
}

/** Reads a subscription to its end. */
async function subscribe(path: string, input: object, headers: Readonly<Record<string, string>>) {
  const query = encodeURIComponent(JSON.stringify(input));
  const accept = 'text/event-stream';
  const url = `${gateway.trpcUrl}/${path}?input=${query}`;
  await (await fetch(url, { headers: { ...headers, accept } })).text();
}

const server = (name: string, code: string, rest: object = {}) => ({
  name,
  kind: 'SERVER',
  code,
  ...rest,
});
const attempt = (name: string, code: string) => ({ name, kind: 'CLIENT', code });

describe('the tree of', () => {
  test('a query', async () => {
    const { traceId, spanId, headers } = begin();
    await getQuery(gateway.trpcUrl, GET_QUOTE, { symbol: 'AAPL' }, headers);
    expect(await traceOf(traceId, 2)).toEqual([
      server(GET_QUOTE, 'OK', { below: [attempt(GET_QUOTE_RPC, 'OK')] }),
    ]);
    const [call] = collector.spans.filter(({ kind }) => kind === 'SPAN_KIND_SERVER');
    expect(call).toMatchObject({
      parentSpanId: spanId,
      attributes: {
        'rpc.system.name': 'trpc',
        'rpc.method': GET_QUOTE,
        'client.address': '127.0.0.1',
        'weir.transport': 'http',
        'weir.request.size': 6,
      },
    });
    const [client] = collector.spans.filter(({ kind }) => kind === 'SPAN_KIND_CLIENT');
    expect(client?.attributes).toMatchObject({
      'rpc.system.name': 'grpc',
      'server.address': '127.0.0.1',
      'server.port': backends.market.port,
    });
  });

  test('a mutation that the backend refuses, which is no error of the gateway', async () => {
    const { traceId, headers } = begin();
    await postMutation(gateway.trpcUrl, CANCEL_ORDER, { orderId: '999999' }, headers);
    expect(await traceOf(traceId, 2)).toEqual([
      server(CANCEL_ORDER, 'NOT_FOUND', {
        below: [attempt('orders.v1.OrderService/CancelOrder', 'NOT_FOUND')],
      }),
    ]);
    const codes = collector.spans.map(({ kind, status }) => [kind, status.code]);
    expect(codes).toContainEqual(['SPAN_KIND_SERVER', undefined]);
    expect(codes).toContainEqual(['SPAN_KIND_CLIENT', 'STATUS_CODE_ERROR']);
  });

  test('a call that is tried again', async () => {
    const { traceId, headers } = begin();
    await getQuery(
      gateway.trpcUrl,
      GET_QUOTE,
      { symbol: 'AAPL' },
      { ...headers, 'x-sample-fail': 'UNAVAILABLE' },
    );
    const failed = attempt(GET_QUOTE_RPC, 'UNAVAILABLE');
    expect(await traceOf(traceId, 4)).toEqual([
      server(GET_QUOTE, 'UNAVAILABLE', {
        events: ['retry', 'retry'],
        below: [failed, failed, failed],
      }),
    ]);
  });

  test('a refusal of the gateway, which reaches no backend', async () => {
    const { traceId, headers } = begin();
    await getQuery(gateway.trpcUrl, GET_QUOTE, { symbol: 7 }, headers);
    expect(await traceOf(traceId, 1)).toEqual([server(GET_QUOTE, 'INVALID_ARGUMENT')]);
  });

  test('a refusal for who calls, of a call and of a stream alike', async () => {
    const [call, stream] = [begin(), begin()];
    await getQuery(gateway.trpcUrl, GET_ORDER, { orderId: '1' }, call.headers);
    await subscribe(WATCH_EXECUTIONS, {}, stream.headers);
    expect(await traceOf(call.traceId, 1)).toEqual([server(GET_ORDER, 'UNAUTHENTICATED')]);
    expect(await traceOf(stream.traceId, 1)).toEqual([server(WATCH_EXECUTIONS, 'UNAUTHENTICATED')]);
  });

  test('a stream that the gateway refuses for its input', async () => {
    const { traceId, headers } = begin();
    await subscribe(WATCH_QUOTES, { symbols: 7 }, headers);
    expect(await traceOf(traceId, 1)).toEqual([server(WATCH_QUOTES, 'INVALID_ARGUMENT')]);
  });

  test('a batch: its calls under one request', async () => {
    const { traceId, headers } = begin();
    const inputs = encodeURIComponent('{"0":{"symbol":"AAPL"},"1":{"symbol":"NONE"}}');
    const url = `${gateway.trpcUrl}/${GET_QUOTE},${GET_QUOTE}?batch=1&input=${inputs}`;
    expect((await request(url, { headers })).status).toBe(207);
    const trees = await traceOf(traceId, 5);
    expect(trees).toMatchObject([{ name: 'GET batch', kind: 'SERVER' }]);
    expect(trees[0]?.below).toHaveLength(2);
    expect(trees[0]?.below).toEqual(
      expect.arrayContaining([
        server(GET_QUOTE, 'OK', { below: [attempt(GET_QUOTE_RPC, 'OK')] }),
        server(GET_QUOTE, 'NOT_FOUND', { below: [attempt(GET_QUOTE_RPC, 'NOT_FOUND')] }),
      ]),
    );
  });

  test('a stream: one long span with its number of messages', async () => {
    const { traceId, headers } = begin();
    await subscribe(
      WATCH_QUOTES,
      { symbols: ['AAPL'] },
      { ...headers, 'x-sample-fail-after': '3' },
    );
    expect(await traceOf(traceId, 2)).toEqual([
      server(WATCH_QUOTES, 'ABORTED', {
        events: ['first message'],
        below: [attempt('market.v1.QuoteService/WatchQuotes', 'ABORTED')],
      }),
    ]);
    const [stream] = collector.spans.filter(({ kind }) => kind === 'SPAN_KIND_SERVER');
    expect(stream?.attributes).toMatchObject({
      'weir.transport': 'sse',
      'weir.stream.messages': 3,
    });
  });
});

describe('what is kept', () => {
  test('nothing of a call that its caller did not sample', async () => {
    const { traceId, headers } = begin('00');
    await getQuery(gateway.trpcUrl, GET_QUOTE, { symbol: 'AAPL' }, headers);
    const after = begin();
    await getQuery(gateway.trpcUrl, GET_QUOTE, { symbol: 'AAPL' }, after.headers);
    await traceOf(after.traceId, 2);
    expect(collector.spans.filter((span) => span.traceId === traceId)).toEqual([]);
  });

  test('all of a method that says so', async () => {
    await getQuery(gateway.trpcUrl, LIST, { pageSize: 1 });
    const [span] = await collector.waitFor(1, ({ name }) => name === LIST);
    expect(span).not.toHaveProperty('parentSpanId');
  });

  test('a failure, though nobody sampled it', async () => {
    const id = `failed-${hex(8)}`;
    const headers = { 'x-request-id': id, 'x-sample-fail': 'INTERNAL' };
    await getQuery(gateway.trpcUrl, GET_QUOTE, { symbol: 'AAPL' }, headers);
    const [span] = await collector.waitFor(1, (each) => each.attributes['weir.request_id'] === id);
    expect(span).toMatchObject({ status: { code: 'STATUS_CODE_ERROR' } });
    expect(span).not.toHaveProperty('parentSpanId');
    // The log line leads to the trace.
    expect(await gateway.logged(id)).toMatchObject({ traceId: span?.traceId });
  });

  test('a slow call, though nobody sampled it', async () => {
    const id = `slow-${hex(8)}`;
    const headers = { 'x-request-id': id, 'x-sample-delay-ms': '350' };
    await getQuery(gateway.trpcUrl, GET_QUOTE, { symbol: 'AAPL' }, headers);
    const [span] = await collector.waitFor(1, (each) => each.attributes['weir.request_id'] === id);
    const took = Number((span?.endTimeUnixNano ?? 0n) - (span?.startTimeUnixNano ?? 0n)) / 1e6;
    expect(took).toBeGreaterThan(300);
    // The log tells the same as a tree in text.
    const isIts = ({ msg, requestId }: Line) => msg === 'slow call' && requestId === id;
    const { tree } = await gateway.child.waitFor('the slow call', isIts);
    expect(String(tree).split('\n')).toEqual([
      expect.stringMatching(/^market\.v1\.quoteService\.getQuote: \d{3,}\.\d ms, OK$/),
      expect.stringMatching(/^└ \+\d+\.\d ms attempt 1 at 127\.0\.0\.1:\d+: \d{3,}\.\d ms, OK$/),
    ]);
  });
});

describe('the context', () => {
  test('goes on from a browser to the backend, which hangs below the attempt', async () => {
    const tag = crypto.randomUUID();
    const { traceId, headers } = begin();
    const companions = { tracestate: 'vendor=1', baggage: 'desk=rates,book=7' };
    await getQuery(
      gateway.trpcUrl,
      GET_QUOTE,
      { symbol: 'AAPL' },
      { ...headers, ...companions, 'x-test-tag': tag },
    );
    const { metadata } = await arrivalOf(backends.market, tag);
    const spans = await collector.waitFor(2, (span) => span.traceId === traceId);
    const client = spans.find(({ kind }) => kind === 'SPAN_KIND_CLIENT');
    expect(metadata).toMatchObject({
      traceparent: [`00-${traceId}-${client?.spanId}-01`],
      tracestate: ['vendor=1'],
      baggage: ['desk=rates,book=7'],
    });
  });

  test('of a WebSocket comes with connectionParams, or with a message for its own call', async () => {
    const [socket, message] = [begin(), begin()];
    const client = createWSClient({
      url: gateway.webSocketUrl,
      connectionParams: { ...socket.headers, baggage: 'desk=rates' },
      experimental_encoder: {
        encode: (data) =>
          JSON.stringify(data, (key, value) =>
            key === 'params' && value.input.symbol === 'MSFT'
              ? { ...value, ...message.headers, tracestate: 7 }
              : value,
          ),
        decode: (data) => JSON.parse(String(data)),
      },
    });
    const trpc = createTRPCUntypedClient<AnyTRPCRouter>({ links: [wsLink({ client })] });
    await trpc.query(GET_QUOTE, { symbol: 'AAPL' });
    await trpc.query(GET_QUOTE, { symbol: 'MSFT' });
    const tree = [server(GET_QUOTE, 'OK', { below: [attempt(GET_QUOTE_RPC, 'OK')] })];
    expect(await traceOf(socket.traceId, 2)).toEqual(tree);
    expect(await traceOf(message.traceId, 2)).toEqual(tree);
    await client.close();
  });

  test('of an EventSource comes with connectionParams', async () => {
    const { traceId, headers } = begin();
    const params = encodeURIComponent(JSON.stringify(headers));
    const input = encodeURIComponent('{"symbols":7}');
    const url = `${gateway.trpcUrl}/${WATCH_QUOTES}?input=${input}&connectionParams=${params}`;
    await (await fetch(url, { headers: { accept: 'text/event-stream' } })).text();
    expect(await traceOf(traceId, 1)).toEqual([server(WATCH_QUOTES, 'INVALID_ARGUMENT')]);
  });

  test.each([
    ['zero trace id', `00-${'0'.repeat(32)}-${hex(16)}-01`],
    ['upper case', `00-${'A'.repeat(32)}-${hex(16)}-01`],
    ['version ff', `ff-${hex(32)}-${hex(16)}-01`],
    ['rubbish', 'hello'],
  ])('%s is ignored, and the call is not', async (_, traceparent) => {
    const tag = crypto.randomUUID();
    const headers = { traceparent, 'x-test-tag': tag };
    const { status } = await getQuery(gateway.trpcUrl, GET_QUOTE, { symbol: 'AAPL' }, headers);
    expect(status).toBe(200);
    const { metadata } = await arrivalOf(backends.market, tag);
    expect(metadata).not.toHaveProperty('traceparent');
  });
});

test('spans that were exported are counted', async () => {
  const before = valueOn(await scrape(`${gateway.url}/metrics`), 'weir_spans_exported_total') ?? 0;
  const { traceId, headers } = begin();
  await getQuery(gateway.trpcUrl, GET_QUOTE, { symbol: 'AAPL' }, headers);
  await traceOf(traceId, 2);
  await expect
    .poll(async () => valueOn(await scrape(`${gateway.url}/metrics`), 'weir_spans_exported_total'))
    .toBe(before + 2);
});
