import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Backends, startBackends } from '../support/backends.ts';
import { type GatewayProcess, startGateway } from '../support/gateway.ts';
import { parsePage, scrape, valueOn } from '../support/metrics-page.ts';
import { getQuery, request } from '../support/request.ts';

const GET_QUOTE = 'market.v1.quoteService.getQuote';
const PLACE_ORDER = 'orders.v1.orderService.placeOrder';
const WATCH_QUOTES = 'market.v1.quoteService.watchQuotes';
const JSON_TYPE = { 'content-type': 'application/json' };

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

const page = () => scrape(`${gateway.url}/metrics`);
const quote = (symbol: string, headers: Readonly<Record<string, string>> = {}) =>
  getQuery(gateway.trpcUrl, GET_QUOTE, { symbol }, headers);

/** By how much each sample grew while `act` ran. */
async function growth(act: () => Promise<unknown>) {
  const before = await page();
  await act();
  const after = await page();
  return (name: string, labels: Readonly<Record<string, string>> = {}) =>
    (valueOn(after, name, labels) ?? 0) - (valueOn(before, name, labels) ?? 0);
}

test('counts calls by procedure, status and transport, with their time and size', async () => {
  const grew = await growth(async () => {
    expect((await quote('AAPL')).status).toBe(200);
    expect((await quote('AAPL')).status).toBe(200);
    expect((await quote('NONE')).status).toBe(404);
  });
  const method = { method: GET_QUOTE };
  expect(grew('weir_calls_total', { ...method, code: 'OK', transport: 'http' })).toBe(2);
  expect(grew('weir_calls_total', { ...method, code: 'NOT_FOUND', transport: 'http' })).toBe(1);
  expect(grew('weir_calls_refused_total', method)).toBe(0);
  expect(grew('weir_call_duration_seconds_count', method)).toBe(3);
  expect(grew('weir_call_duration_seconds_bucket', { ...method, le: '+Inf' })).toBe(3);
  expect(grew('weir_call_duration_seconds_sum', method)).toBeGreaterThan(0);
  // Field 1 as a string of four letters: two bytes before it.
  expect(grew('weir_request_bytes_total', method)).toBe(18);
  expect(grew('weir_response_bytes_total', method)).toBeGreaterThan(20);
  const endpoint = { upstream: 'market', endpoint: backends.market.address };
  expect(grew('weir_endpoint_attempts_total', { ...endpoint, code: 'OK' })).toBe(2);
  expect(grew('weir_endpoint_attempts_total', { ...endpoint, code: 'NOT_FOUND' })).toBe(1);
  expect(grew('weir_endpoint_duration_seconds_count', endpoint)).toBe(3);
});

test('tells what the gateway refused from what the backend refused', async () => {
  const grew = await growth(async () => {
    const answer = await getQuery(gateway.trpcUrl, GET_QUOTE, { symbol: 7 });
    expect(answer.status).toBe(400);
  });
  const labels = { method: GET_QUOTE, code: 'INVALID_ARGUMENT' };
  expect(grew('weir_calls_total', labels)).toBe(1);
  expect(grew('weir_calls_refused_total', labels)).toBe(1);
});

test('counts retries and shows what is in flight', async () => {
  const grew = await growth(async () => {
    const slow = quote('AAPL', { 'x-sample-delay-ms': '400' });
    await expect
      .poll(async () => valueOn(await page(), 'weir_calls_in_flight', { method: GET_QUOTE }))
      .toBe(1);
    expect(valueOn(await page(), 'weir_endpoint_in_flight', { upstream: 'market' })).toBe(1);
    expect((await slow).status).toBe(200);
    expect((await quote('AAPL', { 'x-sample-fail': 'UNAVAILABLE' })).status).toBe(503);
  });
  expect(grew('weir_upstream_retries_total', { upstream: 'market' })).toBeGreaterThan(0);
  expect(valueOn(await page(), 'weir_calls_in_flight', { method: GET_QUOTE })).toBe(0);
});

test('counts batches by their size', async () => {
  const inputs = encodeURIComponent('{"0":{"symbol":"AAPL"},"1":{"symbol":"MSFT"}}');
  const grew = await growth(async () => {
    const url = `${gateway.trpcUrl}/${GET_QUOTE},${GET_QUOTE}?batch=1&input=${inputs}`;
    expect((await request(url)).status).toBe(200);
  });
  expect(grew('weir_batch_calls_count')).toBe(1);
  expect(grew('weir_batch_calls_bucket', { le: '1' })).toBe(0);
  expect(grew('weir_batch_calls_bucket', { le: '2' })).toBe(1);
  expect(grew('weir_calls_total', { method: GET_QUOTE, code: 'OK', transport: 'http' })).toBe(2);
});

test('shows endpoints, the process, the release and the contract', async () => {
  const text = await page();
  const endpoint = { upstream: 'market', endpoint: backends.market.address };
  expect(valueOn(text, 'weir_endpoint_breaker_state', { ...endpoint, state: 'closed' })).toBe(1);
  expect(valueOn(text, 'weir_endpoint_breaker_state', { ...endpoint, state: 'open' })).toBe(0);
  expect(valueOn(text, 'weir_upstream_endpoints_available', { upstream: 'orders' })).toBe(1);
  expect(valueOn(text, 'weir_build_info', { node: process.version })).toBe(1);
  expect(valueOn(text, 'weir_contract_methods')).toBeGreaterThan(5);
  expect(valueOn(text, 'weir_draining')).toBe(0);
  expect(valueOn(text, 'weir_limiter_degraded')).toBe(0);
  for (const name of [
    'process_resident_memory_bytes',
    'process_cpu_seconds_total',
    'process_open_fds',
    'nodejs_heap_size_used_bytes',
    'nodejs_eventloop_lag_p99_seconds',
  ]) {
    expect([name, valueOn(text, name)]).toEqual([name, expect.any(Number)]);
  }
});

test('counts what is refused before it is a call, and tells it in a line', async () => {
  const requestId = 'refused-1';
  const grew = await growth(async () => {
    await getQuery(gateway.trpcUrl, 'no.such.path', {}, { 'x-request-id': requestId });
    await fetch(`${gateway.trpcUrl}/${GET_QUOTE}?input=%7B`);
    await fetch(`${gateway.trpcUrl}/${GET_QUOTE}`, {
      method: 'PUT',
      headers: JSON_TYPE,
      body: '1',
    });
    const body = `"${'x'.repeat(2_000_000)}"`;
    await fetch(`${gateway.trpcUrl}/${PLACE_ORDER}`, { method: 'POST', headers: JSON_TYPE, body });
  });
  for (const reason of ['NOT_FOUND', 'BAD_REQUEST', 'METHOD_NOT_SUPPORTED', 'PAYLOAD_TOO_LARGE']) {
    expect([reason, grew('weir_requests_refused_total', { reason })]).toEqual([reason, 1]);
  }
  const line = await gateway.child.waitFor('the refusal', (each) => each.requestId === requestId);
  expect(line).toMatchObject({
    msg: 'refused',
    reason: 'NOT_FOUND',
    path: 'no.such.path',
    wire: 'http',
    address: '127.0.0.1',
  });
});

test('counts who came, what limits said, and what retries are left', async () => {
  const grew = await growth(() => quote('AAPL'));
  expect(grew('weir_authentications_total', { proof: 'none' })).toBe(1);
  expect(grew('weir_limiter_admitted_total')).toBe(1);
  const text = await page();
  expect(valueOn(text, 'weir_limiter_refused_total', { limit: 'caller' })).toBe(0);
  expect(valueOn(text, 'weir_upstream_retry_budget', { upstream: 'market' })).toBeGreaterThan(0);
  expect(valueOn(text, 'weir_sse_buffered_bytes')).toBe(0);
});

test('counts messages of a subscription while it is open', async () => {
  const method = { method: WATCH_QUOTES };
  const before = valueOn(await page(), 'weir_subscription_messages_total', method) ?? 0;
  const leaving = new AbortController();
  const input = encodeURIComponent('{"symbols":["AAPL"]}');
  const url = `${gateway.trpcUrl}/${WATCH_QUOTES}?input=${input}`;
  const headers = { accept: 'text/event-stream' };
  const stream = await fetch(url, { headers, signal: leaving.signal });
  expect(stream.status).toBe(200);
  await expect
    .poll(async () => valueOn(await page(), 'weir_subscription_messages_total', method), {
      timeout: 20_000,
    })
    .toBeGreaterThan(before + 1);
  expect(valueOn(await page(), 'weir_subscriptions', method)).toBe(1);
  leaving.abort();
  await expect
    .poll(async () => valueOn(await page(), 'weir_subscriptions', method), { timeout: 20_000 })
    .toBe(0);
});

test('callers make no series: hostile paths, headers and bodies leave the page as it was', async () => {
  await quote('AAPL');
  await getQuery(gateway.trpcUrl, GET_QUOTE, { symbol: 7 });
  const seriesOf = (text: string) =>
    new Set(
      parsePage(text)
        .filter(({ name }) => name.startsWith('weir_'))
        .map(({ name, labels }) => JSON.stringify([name, labels])),
    );
  const before = seriesOf(await page());
  for (let round = 0; round < 50; round++) {
    const noise = `x${round}${'"}\\n'.repeat(3)}`;
    await fetch(`${gateway.trpcUrl}/${encodeURIComponent(noise)}?input=%7B%7D`);
    await fetch(`${gateway.url}/${encodeURIComponent(noise)}`);
    await fetch(`${gateway.trpcUrl}/${GET_QUOTE}.${round}`, { method: 'PUT' });
    await quote(`S${round}`, {
      'x-request-id': `id-${round}`,
      'user-agent': `agent ${round}`,
      traceparent: `00-${'a'.repeat(31)}${round % 10}-${'b'.repeat(16)}-01`,
    });
  }
  const added = [...seriesOf(await page())].filter((each) => !before.has(each));
  // Statuses and reasons are the only new things, and both are closed sets.
  expect(added.filter((each) => !/NOT_FOUND|UNSUPPORTED_MEDIA_TYPE/.test(each))).toEqual([]);
  expect(added.length).toBeLessThanOrEqual(4);
});

test('mutations are counted as themselves', async () => {
  const text = await page();
  expect(valueOn(text, 'weir_call_duration_seconds_count', { method: PLACE_ORDER })).toBe(0);
});

test('every metric is declared once, with its help', async () => {
  const text = await page();
  const namesOf = (keyword: string) =>
    [...text.matchAll(new RegExp(`^# ${keyword} (\\S+) \\S`, 'gm'))].map(([, name]) => name);
  const names = namesOf('TYPE');
  expect(names.length).toBeGreaterThan(40);
  expect(new Set(names).size).toBe(names.length);
  expect(namesOf('HELP')).toEqual(names);
});

test('the page passes promtool', async () => {
  const { stdout, stderr, status } = spawnSync('promtool', ['check', 'metrics'], {
    input: await page(),
    encoding: 'utf8',
  });
  expect({ stdout, stderr, status }).toEqual({ stdout: '', stderr: '', status: 0 });
});

test.each([
  ['text/plain', 'text/plain; version=0.0.4; charset=utf-8', /[^#]\n$/],
  [
    'application/openmetrics-text; version=1.0.0',
    'application/openmetrics-text; version=1.0.0; charset=utf-8',
    /\n# EOF\n$/,
  ],
])('who accepts %s gets %s', async (accept, type, end) => {
  const response = await fetch(`${gateway.url}/metrics`, { headers: { accept } });
  expect(response.headers.get('content-type')).toBe(type);
  expect(await response.text()).toMatch(end);
});
