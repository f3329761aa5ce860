import { context, propagation, SpanKind, trace } from '@opentelemetry/api';
import {
  CompositePropagator,
  W3CBaggagePropagator,
  W3CTraceContextPropagator,
} from '@opentelemetry/core';
import {
  InMemorySpanExporter,
  SimpleSpanProcessor,
  StackContextManager,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { createTRPCUntypedClient, httpLink } from '@trpc/client';
import type { AnyTRPCRouter } from '@trpc/server';
import { connectionOf, traceHeadersOf, traceLink } from '@weir/client';
import { createSampleClient } from '@weir/sample-client';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { arrivalOf, type Backends, startBackends } from '../support/backends.ts';
import { type GatewayProcess, startGateway } from '../support/gateway.ts';
import { OtlpCollector } from '../telemetry/otlp/collector.ts';

const GET_QUOTE = 'market.v1.quoteService.getQuote';
const WATCH_QUOTES = 'market.v1.quoteService.watchQuotes';

let backends: Backends;
let collector: OtlpCollector;
let gateway: GatewayProcess;
/** What the page itself exports. */
let page: InMemorySpanExporter;

beforeAll(async () => {
  backends = await startBackends();
  collector = await OtlpCollector.start();
  gateway = await startGateway(backends, {
    telemetry: { traces: { url: collector.url, ratio: 0, interval: '20ms' } },
  });
});

afterAll(async () => {
  expect(await gateway.stop()).toBe(0);
  await collector.stop();
  await backends.stop();
  expect(collector.faults).toEqual([]);
});

/** As a page does that takes part in traces, by the API's own means. */
beforeEach(() => {
  page = new InMemorySpanExporter();
  const provider = new TracerProvider({
    spanProcessors: [new SimpleSpanProcessor({ exporter: page })],
  });
  trace.setGlobalTracerProvider(provider);
  context.setGlobalContextManager(new StackContextManager().enable());
  propagation.setGlobalPropagator(
    new CompositePropagator({
      propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()],
    }),
  );
});

afterEach(() => {
  trace.disable();
  context.disable();
  propagation.disable();
  collector.spans.length = 0;
});

function connect(tag: string) {
  return createSampleClient({ url: gateway.trpcUrl, headers: { 'x-test-tag': tag } });
}

async function pageSpans(count: number) {
  await expect.poll(() => page.getFinishedSpans().length).toBe(count);
  return page.getFinishedSpans();
}

/** The gateway's span of a call whose parent is that span of the page. */
async function below(spanId: string) {
  const [span] = await collector.waitFor(1, ({ parentSpanId }) => parentSpanId === spanId);
  return span;
}

describe('with a tracer registered', () => {
  test('a call begins in the page and goes on to the backend', async () => {
    const tag = crypto.randomUUID();
    await connect(tag).market.v1.quoteService.getQuote.query({ symbol: 'AAPL' });
    const [call] = await pageSpans(1);
    expect(call).toMatchObject({
      name: GET_QUOTE,
      kind: SpanKind.CLIENT,
      attributes: { 'rpc.system.name': 'trpc', 'rpc.method': GET_QUOTE, 'rpc.status_code': 'OK' },
    });
    const { traceId = '', spanId = '' } = call?.spanContext() ?? {};
    // The client sends batches, though of one call.
    const request = await below(spanId);
    const server = await below(request?.spanId ?? '');
    const attempt = await below(server?.spanId ?? '');
    expect(server).toMatchObject({ name: GET_QUOTE, traceId });
    const { metadata } = await arrivalOf(backends.market, tag);
    expect(metadata.traceparent).toEqual([`00-${traceId}-${attempt?.spanId}-01`]);
  });

  test('the span of a call hangs below what the page was doing, and its baggage goes along', async () => {
    const tag = crypto.randomUUID();
    const tracer = trace.getTracer('page');
    await tracer.startActiveSpan('buy', async (span) => {
      const entries = { desk: { value: 'rates' } };
      const baggage = propagation.createBaggage(entries);
      await context.with(propagation.setBaggage(context.active(), baggage), () =>
        connect(tag).market.v1.quoteService.getQuote.query({ symbol: 'AAPL' }),
      );
      span.end();
    });
    const [call, buy] = await pageSpans(2);
    expect(call?.parentSpanContext?.spanId).toBe(buy?.spanContext().spanId);
    const { metadata } = await arrivalOf(backends.market, tag);
    expect(metadata.baggage).toEqual(['desk=rates']);
  });

  test('a refusal has its status', async () => {
    const weir = connect(crypto.randomUUID());
    await expect(
      weir.market.v1.quoteService.getQuote.query({ symbol: 'NONE' }),
    ).rejects.toBeDefined();
    const [call] = await pageSpans(1);
    expect(call).toMatchObject({
      status: { code: 2 },
      attributes: { 'rpc.status_code': 'NOT_FOUND', 'error.type': 'NOT_FOUND' },
    });
  });

  test('calls that share a request: it goes on from the first, and the others are linked to it', async () => {
    const { getQuote } = connect(crypto.randomUUID()).market.v1.quoteService;
    await Promise.all([getQuote.query({ symbol: 'AAPL' }), getQuote.query({ symbol: 'MSFT' })]);
    const spans = await pageSpans(2);
    const linked = spans.filter(({ links }) => links.length > 0);
    const [first] = spans.filter(({ links }) => links.length === 0);
    expect(linked).toHaveLength(1);
    expect(linked[0]?.links[0]?.context.spanId).toBe(first?.spanContext().spanId);
    const request = await below(first?.spanContext().spanId ?? '');
    expect(request).toMatchObject({ name: 'GET batch' });
    await collector.waitFor(2, ({ parentSpanId }) => parentSpanId === request?.spanId);
  });

  test('each subscription of a WebSocket has a trace of its own', async () => {
    const weir = connect(crypto.randomUUID());
    const { watchQuotes } = weir.market.v1.quoteService;
    const heard = await Promise.all(
      ['AAPL', 'MSFT'].map((symbol) => {
        const { promise, resolve, reject } = Promise.withResolvers<string | undefined>();
        const subscription = watchQuotes.subscribe(
          { symbols: [symbol] },
          {
            onData: ({ quote }) => {
              subscription.unsubscribe();
              resolve(quote?.symbol);
            },
            onError: reject,
          },
        );
        return promise;
      }),
    );
    expect(heard).toEqual(['AAPL', 'MSFT']);
    const spans = await pageSpans(2);
    const traces = new Set(spans.map((span) => span.spanContext().traceId));
    expect(traces.size).toBe(2);
    const servers = await Promise.all(spans.map((span) => below(span.spanContext().spanId)));
    expect(servers).toMatchObject([
      { name: WATCH_QUOTES, attributes: { 'weir.transport': 'websocket' } },
      { name: WATCH_QUOTES, attributes: { 'weir.transport': 'websocket' } },
    ]);
    await connectionOf(weir).close();
  });

  test('a link of one’s own continues the trace by the same headers', async () => {
    const seen: unknown[] = [];
    const client = createTRPCUntypedClient<AnyTRPCRouter>({
      links: [
        traceLink(),
        httpLink({
          url: gateway.trpcUrl,
          headers: ({ op }) => {
            seen.push(op.path);
            return traceHeadersOf([op]);
          },
        }),
      ],
    });
    await client.query(GET_QUOTE, { symbol: 'AAPL' });
    const [call] = await pageSpans(1);
    expect(await below(call?.spanContext().spanId ?? '')).toMatchObject({ name: GET_QUOTE });
    expect(seen).toEqual([GET_QUOTE]);
  });
});

test('without one nothing is traced and nothing is sent', async () => {
  trace.disable();
  const tag = crypto.randomUUID();
  await connect(tag).market.v1.quoteService.getQuote.query({ symbol: 'AAPL' });
  const { metadata } = await arrivalOf(backends.market, tag);
  expect(metadata).not.toHaveProperty('traceparent');
  expect(page.getFinishedSpans()).toEqual([]);
});
