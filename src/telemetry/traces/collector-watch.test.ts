import { expect, test } from 'vitest';
import { CollectorWatch } from './collector-watch.ts';

const SHOWN = 'https://traces.example:4318/v1/traces';

function setUp() {
  let now = 0;
  const lines: unknown[] = [];
  const write = (level: string) => (fields: object) => lines.push({ level, ...fields });
  const watch = new CollectorWatch(
    'https://user:secret@traces.example:4318/v1/traces?key=secret',
    { warn: write('warn'), info: write('info') },
    () => now,
  );
  return {
    lines,
    watch,
    pass: (ms: number) => {
      now += ms;
    },
  };
}

test('a collector that fails is told of once, with why and what is lost, and without its secrets', () => {
  const { lines, watch, pass } = setUp();
  for (let lost = 512; lost <= 5_120; lost += 512) {
    watch.exportEnded('it answered 503', lost);
    pass(1_000);
  }
  expect(lines).toEqual([
    { level: 'warn', collector: SHOWN, reason: 'it answered 503', droppedSpans: 512 },
  ]);
});

test('its recovery is told of once, and the next failure again', () => {
  const { lines, watch, pass } = setUp();
  watch.exportEnded('it answered 503', 1);
  pass(10_000);
  watch.exportEnded(undefined, 7);
  watch.exportEnded(undefined, 7);
  watch.exportEnded('connect ECONNREFUSED', 9);
  expect(lines).toEqual([
    { level: 'warn', collector: SHOWN, reason: 'it answered 503', droppedSpans: 1 },
    { level: 'info', collector: SHOWN, droppedSpans: 7 },
    { level: 'warn', collector: SHOWN, reason: 'connect ECONNREFUSED', droppedSpans: 9 },
  ]);
});

test('one that takes some exports and not others has not recovered', () => {
  const { lines, watch, pass } = setUp();
  for (let round = 0; round < 100; round++) {
    watch.exportEnded('it rejected 1 of 512 spans', round);
    pass(9_999);
    watch.exportEnded(undefined, round);
  }
  expect(lines).toHaveLength(1);
});

test('one that works is not told of', () => {
  const { lines, watch } = setUp();
  watch.exportEnded(undefined, 0);
  expect(lines).toEqual([]);
});
