import { expect, test } from 'vitest';
import { RestartDelay } from './restart-delay.ts';

test('each death in a row doubles the wait, up to ten seconds', () => {
  const delay = new RestartDelay();
  const waits = Array.from({ length: 9 }, () => delay.died(0));
  expect(waits).toEqual([100, 200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000]);
  expect(delay.deathsInARow(0)).toBe(9);
});

test('a worker that served for a minute begins anew', () => {
  const delay = new RestartDelay();
  for (let deaths = 0; deaths < 5; deaths++) delay.died(59_999);
  expect(delay.died(60_000)).toBe(100);
  expect(delay.deathsInARow(0)).toBe(1);
});

test('while it serves for a minute and more, its deaths are of the past', () => {
  const delay = new RestartDelay();
  for (let deaths = 0; deaths < 5; deaths++) delay.died(0);
  expect(delay.deathsInARow(59_999)).toBe(5);
  expect(delay.deathsInARow(60_000)).toBe(0);
});
