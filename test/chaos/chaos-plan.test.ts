import { expect, test } from 'vitest';
import { type Pairs, pairedStrikes } from './chaos-plan.ts';
import { failing, kill, move, stop } from './fault.ts';
import { namesFail } from './name-faults.ts';

const FAULTS = [kill, stop, move, failing];

test.each<[Pairs, number, readonly string[]]>([
  ['none', 4, []],
  ['neighbours', 4, ['01', '12', '23', '30']],
  ['neighbours', 2, ['01', '10']],
  ['neighbours', 1, []],
  ['all', 4, ['01', '02', '03', '12', '13', '23']],
])('%s of %i', (pairs, count, expected) => {
  const faults = FAULTS.slice(0, count);
  const strikes = pairedStrikes(faults, pairs);
  expect(strikes.map((pair) => pair.map(({ fault }) => faults.indexOf(fault)).join(''))).toEqual(
    expected,
  );
  const members = strikes.map((pair) => new Set(pair.map(({ index }) => index)).size);
  expect(members.every((distinct) => distinct === 2)).toBe(true);
});

test('nobody waits for news of a move while names do not resolve', () => {
  const strikes = pairedStrikes([namesFail, move, kill], 'all');
  expect(strikes.map((pair) => pair.map(({ fault }) => fault))).toEqual([
    [namesFail, kill],
    [move, kill],
  ]);
});
