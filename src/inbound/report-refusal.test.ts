import { expect, test } from 'vitest';
import { createLog } from '../telemetry/log.ts';
import { Refusal } from './refusal.ts';
import { reportIfRefusal, reportRefusals } from './report-refusal.ts';

const REQUEST = { requestId: 'r-1', wire: 'http', address: '192.0.2.1', path: 'a.b' } as const;

function setUp() {
  const lines: string[] = [];
  const counted: string[] = [];
  let now = 0;
  const log = createLog({ level: 'info', format: 'json' }, { write: (line) => lines.push(line) });
  const report = reportRefusals(
    log,
    (reason) => counted.push(reason),
    () => now,
  );
  return { lines, counted, report, tick: (ms: number) => (now += ms) };
}

test('a refusal is counted and has a line', () => {
  const { lines, counted, report } = setUp();
  reportIfRefusal(report, new Refusal('NOT_FOUND', 'no such path'), REQUEST);
  expect(counted).toEqual(['NOT_FOUND']);
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { ...REQUEST, reason: 'NOT_FOUND', msg: 'refused' },
  ]);
});

test('what is no refusal is left to the call', () => {
  const { lines, counted, report } = setUp();
  reportIfRefusal(report, new Error('broken'), REQUEST);
  expect([lines, counted]).toEqual([[], []]);
});

test('a flood is counted whole and written in part, and the next second is written again', () => {
  const { lines, counted, report, tick } = setUp();
  const refused = { ...REQUEST, reason: 'NOT_FOUND' } as const;
  for (let round = 0; round < 10_000; round++) report(refused);
  expect([counted.length, lines.length]).toEqual([10_000, 50]);
  tick(1_000);
  report(refused);
  expect(lines).toHaveLength(51);
});

test('a long path is cut', () => {
  const { lines, report } = setUp();
  report({ ...REQUEST, reason: 'NOT_FOUND', path: 'x'.repeat(10_000) });
  expect(lines[0]?.length).toBeLessThan(500);
});
