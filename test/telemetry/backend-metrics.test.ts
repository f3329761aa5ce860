import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Backends, startBackends } from '../support/backends.ts';
import { type GatewayProcess, startGateway } from '../support/gateway.ts';
import { scrape, valueOn } from '../support/metrics-page.ts';
import { getQuery } from '../support/request.ts';

const GET_QUOTE = 'market.v1.quoteService.getQuote';
const MARKET = { upstream: 'market', service: 'market.v1.QuoteService' };

let backends: Backends;
let gateway: GatewayProcess;

beforeAll(async () => {
  backends = await startBackends();
  gateway = await startGateway(backends, {
    upstreams: {
      market: {
        queue: { maxInFlight: 1, maxPending: 5, maxWait: '20s' },
        serviceBreaker: { minCalls: 2 },
        breaker: { consecutiveFailures: 1_000, minCalls: 1_000 },
      },
    },
    telemetry: { traces: { url: 'http://127.0.0.1:9/v1/traces' } },
  });
});

afterAll(async () => {
  expect(await gateway.stop()).toBe(0);
  await backends.stop();
});

async function read(
  name: string,
  labels: Readonly<Record<string, string>> = {},
): Promise<number | undefined> {
  return valueOn(await scrape(`${gateway.url}/metrics`), name, labels);
}
const quote = (headers: Readonly<Record<string, string>> = {}) =>
  getQuery(gateway.trpcUrl, GET_QUOTE, { symbol: 'AAPL' }, headers);

test('shows what waits for room at a backend', async () => {
  const upstream = { upstream: 'market' };
  expect(await read('weir_upstream_concurrency_limit', upstream)).toBe(1);
  const slow = { 'x-sample-delay-ms': '500' };
  const calls = [quote(slow), quote(slow), quote(slow)];
  await expect.poll(() => read('weir_upstream_pending', upstream)).toBe(2);
  expect(await read('weir_upstream_pending', { upstream: 'orders' })).toBe(0);
  await Promise.all(calls);
  expect(await read('weir_upstream_pending', upstream)).toBe(0);
});

test('shows the breaker of a service, and whether it can be called', async () => {
  const isOpen = { ...MARKET, state: 'open' };
  expect(await read('weir_service_available', MARKET)).toBe(1);
  expect(await read('weir_service_breaker_state', isOpen)).toBe(0);
  await expect
    .poll(
      async () => {
        await quote({ 'x-sample-fail': 'INTERNAL' });
        return read('weir_service_breaker_state', isOpen);
      },
      { timeout: 20_000 },
    )
    .toBe(1);
  expect(await read('weir_service_available', MARKET)).toBe(0);
  const endpoint = { upstream: 'market', state: 'closed' };
  expect(await read('weir_endpoint_breaker_state', endpoint)).toBe(1);
  const orders = { upstream: 'orders', service: 'orders.v1.OrderService' };
  expect(await read('weir_service_available', orders)).toBe(1);
});

test.each([
  ['critical', 'event loop'],
  ['bulk', 'heap'],
])('shows what the gateway sheds of %s calls for want of %s', async (priority, shortage) => {
  expect(await read('weir_load_shedding', { priority })).toBe(0);
  expect(await read('weir_load_shed_total', { priority, shortage })).toBe(0);
});

/** What a page has to tell, by name, each with a sample after one call. */
test.each([
  'weir_calls_total',
  'weir_call_duration_seconds_bucket',
  'weir_calls_in_flight',
  'weir_request_bytes_total',
  'weir_response_bytes_total',
  'weir_batch_calls_bucket',
  'weir_sockets',
  'weir_subscriptions',
  'weir_subscription_messages_total',
  'weir_socket_buffered_bytes',
  'weir_sse_buffered_bytes',
  'weir_connections_dropped_total',
  'weir_limiter_admitted_total',
  'weir_limiter_refused_total',
  'weir_cache_lookups_total',
  'weir_authentications_total',
  'weir_endpoint_breaker_state',
  'weir_endpoint_healthy',
  'weir_endpoint_ejected',
  'weir_endpoint_in_flight',
  'weir_endpoint_attempts_total',
  'weir_endpoint_duration_seconds_bucket',
  'weir_upstream_ejections_total',
  'weir_upstream_retries_total',
  'weir_upstream_retry_budget',
  'weir_service_available',
  'weir_spans_exported_total',
  'weir_span_exports_total',
  'nodejs_eventloop_lag_p99_seconds',
  'nodejs_gc_duration_seconds_bucket',
  'nodejs_heap_size_used_bytes',
  'process_open_fds',
  'weir_build_info',
  'weir_contract_methods',
])('%s is on the page', async (name) => {
  await quote();
  expect(await read(name)).toEqual(expect.any(Number));
});
