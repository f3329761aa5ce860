import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Backends, startBackends } from '../support/backends.ts';
import { type GatewayProcess, startGateway } from '../support/gateway.ts';
import { scrape, valueOn } from '../support/metrics-page.ts';
import { getQuery } from '../support/request.ts';
import { type Behaviour, OtlpCollector } from './otlp/collector.ts';

const GET_QUOTE = 'market.v1.quoteService.getQuote';
const MAX_QUEUE = 40;

let backends: Backends;
let collector: OtlpCollector;
let gateway: GatewayProcess;

beforeAll(async () => {
  backends = await startBackends();
});

beforeEach(async () => {
  collector = await OtlpCollector.start();
  gateway = await startGateway(backends, {
    telemetry: {
      traces: {
        url: collector.url,
        ratio: 1,
        interval: '10ms',
        timeout: '2s',
        maxQueue: MAX_QUEUE,
      },
    },
  });
});

afterEach(async () => {
  // A collector that does not answer does not hold up the end either.
  const started = performance.now();
  expect(await gateway.stop()).toBe(0);
  expect(performance.now() - started).toBeLessThan(5_000);
  await collector.stop();
});

afterAll(() => backends.stop());

async function callTimes(times: number): Promise<void> {
  for (let index = 0; index < times; index++) {
    const { status } = await getQuery(gateway.trpcUrl, GET_QUOTE, { symbol: 'AAPL' });
    expect(status).toBe(200);
  }
}

async function spanCounts() {
  const page = await scrape(`${gateway.url}/metrics`);
  return {
    exported: valueOn(page, 'weir_spans_exported_total'),
    dropped: valueOn(page, 'weir_spans_dropped_total', { reason: 'queue' }) ?? 0,
    refused: valueOn(page, 'weir_spans_dropped_total', { reason: 'collector' }) ?? 0,
    waiting: valueOn(page, 'weir_spans_waiting') ?? 0,
  };
}

async function exportsThatWere(result: string): Promise<number | undefined> {
  return valueOn(await scrape(`${gateway.url}/metrics`), 'weir_span_exports_total', { result });
}

const complaints = () =>
  gateway.child.text.split('\n').filter((line) => line.includes('the trace collector'));

async function misbehave(behaviour: Behaviour): Promise<void> {
  collector.behaviour = behaviour;
  await callTimes(1);
  await expect.poll(() => collector.requests).toBeGreaterThan(0);
}

test('a collector that hangs costs spans, which are counted, and never more than the queue', async () => {
  await misbehave('hang');
  await callTimes(100);
  const { waiting, dropped } = await spanCounts();
  expect(waiting).toBeLessThanOrEqual(MAX_QUEUE);
  // 200 spans, of which one batch is under way and one queue waits.
  expect(dropped).toBeGreaterThanOrEqual(200 - 3 * MAX_QUEUE);
});

test('a collector that refuses has its refusals counted', async () => {
  await misbehave('refuse');
  await callTimes(5);
  await expect.poll(spanCounts).toEqual({ exported: 0, dropped: 0, refused: 12, waiting: 0 });
  expect(await exportsThatWere('refused')).toBe(collector.requests);
});

test('a collector that fails is told of once, by its address and reason, and not for each failure', async () => {
  await misbehave('refuse');
  await callTimes(5);
  await expect.poll(spanCounts).toMatchObject({ refused: 12 });
  expect(await exportsThatWere('refused')).toBeGreaterThan(0);
  await expect.poll(complaints).toHaveLength(1);
  expect(complaints().map((line) => JSON.parse(line))).toEqual([
    expect.objectContaining({
      level: 'warn',
      collector: collector.url,
      reason: 'it answered 400',
      droppedSpans: expect.any(Number),
    }),
  ]);
});

test('a collector that took a part has the rest counted, and is not sent it again', async () => {
  await misbehave('partial');
  await callTimes(5);
  await expect.poll(() => collector.spans.length).toBe(12);
  // One of each request.
  const refused = collector.requests;
  await expect
    .poll(spanCounts)
    .toEqual({ exported: 12 - refused, dropped: 0, refused, waiting: 0 });
  expect(collector.faults).toEqual([]);
  expect(gateway.child.text).not.toContain('"level":"error"');
});

test.each(['overloaded', 'away'] as const)(
  'a collector that is %s is asked again, when it said or after a while',
  async (behaviour) => {
    await misbehave(behaviour);
    const failedAt = performance.now();
    collector.behaviour = 'accept';
    await expect.poll(spanCounts, { timeout: 10_000 }).toMatchObject({ exported: 2, refused: 0 });
    // 429 said a second; 503 said nothing, and the first backoff is half a second.
    const atLeast = { overloaded: 900, away: 350 }[behaviour];
    expect(performance.now() - failedAt).toBeGreaterThan(atLeast);
    expect(collector.requests).toBe(2);
  },
);

test('a collector that wants to be left alone for longer than an export may take is not waited for', async () => {
  await misbehave('closed for long');
  await expect.poll(spanCounts).toMatchObject({ exported: 0, refused: 2 });
  expect(collector.requests).toBe(1);
});

test('a collector that is not there at first is found when it is', async () => {
  await misbehave('hang');
  collector.behaviour = 'accept';
  // The hanging export ends by its timeout; after it the queue moves again.
  await callTimes(5);
  await expect.poll(spanCounts, { timeout: 10_000 }).toMatchObject({ exported: 10, refused: 2 });
  expect(await exportsThatWere('overdue')).toBe(1);
  await expect
    .poll(complaints)
    .toEqual([expect.stringContaining('it did not answer within 2000 ms')]);
});
