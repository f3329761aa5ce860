import { expect, test } from 'vitest';
import { createLargeMetrics } from '../../../test/support/large-metrics.ts';
import { writePage } from './exposition.ts';
import { type Family, type Join, toLabels } from './family.ts';
import { readFamilies } from './family-reading.ts';
import { joinReadings } from './join-readings.ts';
import { LatencyHistogram } from './latency-histogram.ts';

const TRACE = 'a'.repeat(32);

function family(type: Family['type'], join: Join | undefined, value: number): Family {
  return {
    name: 'weir_x',
    help: 'X.',
    type,
    join,
    samples: () => [{ suffix: '', labels: toLabels({ a: 'b' }), value }],
  };
}

/** As between processes: nothing but what can be copied. */
const readingOf = (worker: string, families: readonly Family[], past = false) => ({
  worker,
  families: structuredClone(readFamilies(families)),
  past,
});

const linesOf = (families: Iterable<Family>) =>
  writePage(families, 'openMetrics')
    .split('\n')
    .filter((line) => line.startsWith('weir_'));

test.each<[Family['type'], Join | undefined, readonly string[]]>([
  ['counter', undefined, ['weir_x_total{a="b"} 7']],
  ['gauge', undefined, ['weir_x{a="b"} 7']],
  ['gauge', 'min', ['weir_x{a="b"} 3']],
  ['gauge', 'max', ['weir_x{a="b"} 4']],
  ['gauge', 'each', ['weir_x{a="b",worker="1"} 3', 'weir_x{a="b",worker="2"} 4']],
])('a %s that joins by %s', (type, join, lines) => {
  const readings = [
    readingOf('1', [family(type, join, 3)]),
    readingOf('2', [family(type, join, 4)]),
  ];
  expect(linesOf(joinReadings(readings))).toEqual(lines);
});

test('of a worker that is gone its sums stay, and not how it was', () => {
  const readings = (type: Family['type']) => [
    readingOf('1', [family(type, undefined, 3)]),
    readingOf('2', [family(type, undefined, 4)], true),
  ];
  expect(linesOf(joinReadings(readings('counter')))).toEqual(['weir_x_total{a="b"} 7']);
  expect(linesOf(joinReadings(readings('gauge')))).toEqual(['weir_x{a="b"} 3']);
});

test('histograms are one, with the latest example of each bucket', () => {
  const histograms = [new LatencyHistogram(), new LatencyHistogram()];
  const [first, second] = histograms;
  first?.observe(1.2, TRACE);
  second?.observe(1.4);
  second?.observe(700);
  const readings = histograms.map((histogram, index) =>
    readingOf(`${index}`, [
      {
        name: 'weir_x_seconds',
        help: 'X.',
        type: 'histogram',
        samples: () => [{ labels: 'a="b"', histogram }],
      },
    ]),
  );
  const lines = linesOf(joinReadings(readings));
  expect(lines).toContain('weir_x_seconds_bucket{a="b",le="0.001"} 0');
  expect(lines.find((line) => line.includes('le="0.0015"'))).toMatch(
    new RegExp(`} 2 # {trace_id="${TRACE}"} 0.0012 `),
  );
  expect(lines).toContain('weir_x_seconds_count{a="b"} 3');
});

test('a page of two workers with a thousand methods each takes under 50 ms of CPU', async () => {
  const workers = [createLargeMetrics(), createLargeMetrics()];
  const times: number[] = [];
  for (let round = 0; round < 10; round++) {
    const families = await Promise.all(workers.map((worker) => worker.read()));
    const sent = families.map((each) => structuredClone(each));
    const started = process.threadCpuUsage();
    const page = writePage(
      joinReadings(
        sent.map((each, index) => ({ worker: `${index}`, families: each, past: false })),
      ),
      'openMetrics',
    );
    const { user, system } = process.threadCpuUsage(started);
    times.push((user + system) / 1_000);
    expect(page.split('\n').length).toBeGreaterThan(30_000);
  }
  // CPU time and the best of ten, because others share the machine.
  expect(Math.min(...times)).toBeLessThan(50);
});
