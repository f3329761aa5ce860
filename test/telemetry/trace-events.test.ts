import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Backends, startBackends } from '../support/backends.ts';
import { type ConfigTree, type GatewayProcess, startGateway } from '../support/gateway.ts';
import { getQuery } from '../support/request.ts';
import { OtlpCollector } from './otlp/collector.ts';
import type { OtlpSpan } from './otlp/span.ts';

const GET_QUOTE = 'market.v1.quoteService.getQuote';
const LIST = 'market.v1.quoteService.listInstruments';
const WATCH = 'market.v1.quoteService.watchQuotes';

let backends: Backends;
let collector: OtlpCollector;
let gateway: GatewayProcess | undefined;

beforeAll(async () => {
  backends = await startBackends();
});

beforeEach(async () => {
  collector = await OtlpCollector.start();
});

afterEach(async () => {
  expect(await gateway?.stop()).toBe(0);
  gateway = undefined;
  await collector.stop();
  expect(collector.faults).toEqual([]);
});

afterAll(() => backends.stop());

async function start(overrides: ConfigTree): Promise<GatewayProcess> {
  gateway = await startGateway(backends, {
    ...overrides,
    telemetry: { traces: { url: collector.url, ratio: 1, interval: '20ms' } },
  });
  // The first call may wait for a connection, which would be an event of its own.
  await getQuery(gateway.trpcUrl, GET_QUOTE, { symbol: 'AAPL' });
  await collector.waitFor(2, () => true);
  collector.spans.length = 0;
  return gateway;
}

/** What happened to calls on their way: of each server span, in the order they began. */
async function eventsOf(calls: number, path: string) {
  const isCall = ({ kind, name }: OtlpSpan) => kind === 'SPAN_KIND_SERVER' && name === path;
  const spans = await collector.waitFor(calls, isCall);
  return [...spans]
    .sort((a, b) => Number(a.startTimeUnixNano - b.startTimeUnixNano))
    .map(({ events }) => events.map(({ name, attributes }) => ({ name, ...attributes })));
}

test('tries again, after what and after how long', async () => {
  const { trpcUrl } = await start({});
  await getQuery(trpcUrl, GET_QUOTE, { symbol: 'AAPL' }, { 'x-sample-fail': 'UNAVAILABLE' });
  const retry = {
    name: 'retry',
    'rpc.status_code': 'UNAVAILABLE',
    'weir.wait_ms': expect.any(Number),
  };
  expect(await eventsOf(1, GET_QUOTE)).toEqual([[retry, retry]]);
});

test('answers from the cache', async () => {
  const { trpcUrl } = await start({
    cache: { methods: { [LIST]: { ttl: '1h', scope: 'caller' } } },
  });
  const slowly = { 'x-sample-delay-ms': '200' };
  await Promise.all([getQuery(trpcUrl, LIST, {}, slowly), getQuery(trpcUrl, LIST, {}, slowly)]);
  await getQuery(trpcUrl, LIST, {}, slowly);
  expect(await eventsOf(3, LIST)).toEqual([
    [{ name: 'cache miss' }],
    [
      { name: 'waited for an equal call', 'weir.wait_ms': expect.any(Number) },
      { name: 'cache coalesced' },
    ],
    [{ name: 'cache hit' }],
  ]);
  const results = collector.spans.map(({ attributes }) => attributes['weir.cache.result']);
  expect(results.filter(Boolean).sort()).toEqual(['coalesced', 'hit', 'miss']);
});

test('a stale answer, whose renewal is no part of the call', async () => {
  const { trpcUrl } = await start({
    cache: { methods: { [LIST]: { ttl: '10ms', staleWhileRevalidate: '1h', scope: 'public' } } },
  });
  await getQuery(trpcUrl, LIST, {});
  await expect
    .poll(async () => (await getQuery(trpcUrl, LIST, {})).headers.get('cache-status'))
    .toContain('stale');
  const calls = await collector.waitFor(
    1,
    ({ attributes }) => attributes['weir.cache.result'] === 'stale',
  );
  expect(calls.map(({ events }) => events.map(({ name }) => name))).toContainEqual(['cache stale']);
  const [stale] = calls;
  expect(collector.spans.filter(({ parentSpanId }) => parentSpanId === stale?.spanId)).toEqual([]);
});

test('what a limit refused, of a call and of a stream alike', async () => {
  const two = { requests: 2, per: '1h', key: 'ip' };
  const { trpcUrl } = await start({ rateLimits: { methods: { [GET_QUOTE]: two, [WATCH]: two } } });
  await getQuery(trpcUrl, GET_QUOTE, { symbol: 'AAPL' });
  await getQuery(trpcUrl, GET_QUOTE, { symbol: 'AAPL' });
  await watch(trpcUrl, 3);
  const refusal = [{ name: 'limit refused', 'weir.limit': 'callerMethod' }];
  expect(await eventsOf(2, GET_QUOTE)).toEqual([[], refusal]);
  expect((await eventsOf(3, WATCH)).at(-1)).toEqual(refusal);
});

test('too many at once', async () => {
  const { trpcUrl } = await start({ rateLimits: { concurrency: { calls: 1 } } });
  const slowly = { 'x-sample-delay-ms': '200' };
  await Promise.all([
    getQuery(trpcUrl, GET_QUOTE, { symbol: 'AAPL' }, slowly),
    getQuery(trpcUrl, GET_QUOTE, { symbol: 'AAPL' }, slowly),
  ]);
  expect(await eventsOf(2, GET_QUOTE)).toEqual([
    [],
    [{ name: 'limit refused', 'weir.limit': 'calls at once' }],
  ]);
});

test('too many streams at once', async () => {
  const { trpcUrl } = await start({ rateLimits: { concurrency: { streams: 1 } } });
  const leaving = new AbortController();
  const input = encodeURIComponent('{"symbols":["AAPL"]}');
  const first = await fetch(`${trpcUrl}/${WATCH}?input=${input}`, {
    headers: { accept: 'text/event-stream' },
    signal: leaving.signal,
  });
  const reader = first.body?.getReader();
  await reader?.read();
  await watch(trpcUrl, 1);
  leaving.abort();
  expect((await eventsOf(2, WATCH)).at(-1)).toEqual([
    { name: 'limit refused', 'weir.limit': 'streams at once' },
  ]);
});

test('a stream that is held back: once as an event, and how often and long in all', async () => {
  const { trpcUrl } = await start({
    rateLimits: { methods: { [WATCH]: { requests: 20, per: '1s', burst: 1, messageCost: 1 } } },
  });
  await watch(trpcUrl, 1, '5');
  expect(await eventsOf(1, WATCH)).toEqual([
    [
      { name: 'first message' },
      { name: 'held back by a limit', 'weir.wait_ms': expect.any(Number) },
    ],
  ]);
  const stream = collector.spans.find(({ kind }) => kind === 'SPAN_KIND_SERVER');
  expect(stream?.attributes['weir.stream.pauses']).toBeGreaterThan(1);
  expect(stream?.attributes['weir.stream.paused_ms']).toBeGreaterThan(50);
});

test('a breaker that lets nothing through', async () => {
  const { trpcUrl } = await start({
    upstreams: { market: { breaker: { consecutiveFailures: 1 } } },
  });
  const failing = { 'x-sample-fail': 'UNAVAILABLE' };
  await getQuery(trpcUrl, GET_QUOTE, { symbol: 'AAPL' }, failing);
  await getQuery(trpcUrl, GET_QUOTE, { symbol: 'AAPL' });
  const [, refused] = await eventsOf(2, GET_QUOTE);
  expect(refused).toContainEqual({ name: 'no endpoint takes calls', 'weir.upstream': 'market' });
});

test('a call that is shed', async () => {
  const { trpcUrl } = await start({
    upstreams: { market: { adaptiveConcurrency: { initial: 1, min: 1, max: 1 } } },
  });
  const slowly = { 'x-sample-delay-ms': '200' };
  await Promise.all([
    getQuery(trpcUrl, GET_QUOTE, { symbol: 'AAPL' }, slowly),
    getQuery(trpcUrl, GET_QUOTE, { symbol: 'AAPL' }, slowly),
  ]);
  const shed = { name: 'shed', 'weir.upstream': 'market', 'weir.limit': 1 };
  expect((await eventsOf(2, GET_QUOTE)).flat()).toContainEqual(shed);
});

/** Watches a quote so many times, one after another, until the backend ends the stream. */
async function watch(trpcUrl: string, times: number, messages = '1'): Promise<void> {
  const input = encodeURIComponent('{"symbols":["AAPL"]}');
  for (let time = 0; time < times; time++) {
    const response = await fetch(`${trpcUrl}/${WATCH}?input=${input}`, {
      headers: { accept: 'text/event-stream', 'x-sample-fail-after': messages },
    });
    await response.text();
  }
}
