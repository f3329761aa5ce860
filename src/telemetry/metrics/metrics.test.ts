import { expect, test } from 'vitest';
import { createLargeMetrics } from '../../../test/support/large-metrics.ts';
import { writePage } from './exposition.ts';
import { type Family, toLabels } from './family.ts';
import { LatencyHistogram } from './latency-histogram.ts';
import type { MeteredCall } from './method-meter.ts';
import { Metrics } from './metrics.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';

function call(over: Partial<MeteredCall> = {}): MeteredCall {
  return {
    transport: 'http',
    code: undefined,
    fallback: undefined,
    ownFailure: false,
    durationMs: 2.5,
    requestBytes: 6,
    responseBytes: 40,
    traceId: undefined,
    ...over,
  };
}

test.each([
  [0.5, '0.0005'],
  [0.51, '0.001'],
  [1.2, '0.0015'],
  [2, '0.002'],
  [2.01, '0.003'],
  [7, '0.008'],
  [10, '0.01'],
  [9_999, '10'],
  [10_001, '+Inf'],
])('%d ms fall into the bucket up to %s s', (ms, le) => {
  const histogram = new LatencyHistogram();
  histogram.observe(ms);
  const first = [...histogram.samples('')].find(({ value }) => value === 1);
  expect(first?.labels).toBe(`le="${le}"`);
});

test('a trace that is kept is an exemplar in OpenMetrics, and only there', async () => {
  const metrics = new Metrics();
  const meter = metrics.method('a.b', true);
  meter.started();
  meter.ended(call({ traceId: TRACE }));
  const exemplar = ` # {trace_id="${TRACE}"} 0.0025 `;
  expect(await metrics.page('openMetrics')).toContain(
    `weir_call_duration_seconds_bucket{method="a.b",le="0.003"} 1${exemplar}`,
  );
  expect(await metrics.page('text')).not.toContain(TRACE);
});

test.each([
  ['plain', 'plain'],
  ['say "hi"', 'say \\"hi\\"'],
  ['back\\slash', 'back\\\\slash'],
  ['two\nlines', 'two\\nlines'],
])('the label %j is written as %j', (value, written) => {
  expect(toLabels({ a: value })).toBe(`a="${written}"`);
});

test('counters are named as each format wants it', () => {
  const family: Family = {
    name: 'weir_x',
    help: 'X.',
    type: 'counter',
    samples: () => [{ suffix: '', labels: '', value: Number.POSITIVE_INFINITY }],
  };
  expect(writePage([family], 'text')).toBe(
    '# HELP weir_x_total X.\n# TYPE weir_x_total counter\nweir_x_total +Inf\n',
  );
  expect(writePage([family], 'openMetrics')).toBe(
    '# HELP weir_x X.\n# TYPE weir_x counter\nweir_x_total +Inf\n# EOF\n',
  );
});

test('a thousand methods and a hundred endpoints are a page in under 50 ms of CPU', async () => {
  const metrics = createLargeMetrics();
  const times: number[] = [];
  for (let round = 0; round < 10; round++) {
    const started = process.threadCpuUsage();
    const page = await metrics.page('openMetrics');
    const { user, system } = process.threadCpuUsage(started);
    times.push((user + system) / 1_000);
    expect(page.split('\n').length).toBeGreaterThan(30_000);
  }
  // CPU time and the best of ten, because others share the machine.
  expect(Math.min(...times)).toBeLessThan(50);
});
