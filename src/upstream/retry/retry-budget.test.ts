import { expect, test } from 'vitest';
import { createRetryBudget } from './retry-budget.ts';

function setUp(ratio: number, minPerSecond: number) {
  const time = { now: 0 };
  const budget = createRetryBudget({ ratio, minPerSecond }, () => time.now);
  return {
    time,
    budget,
    deposit: (calls: number) => {
      for (let call = 0; call < calls; call++) budget.deposit();
    },
    withdrawAll: () => {
      let withdrawn = 0;
      while (budget.withdraw()) withdrawn++;
      return withdrawn;
    },
  };
}

test.each([
  { ratio: 0.25, minPerSecond: 0, calls: 100, retries: 25 },
  { ratio: 0.25, minPerSecond: 10, calls: 100, retries: 125 },
  { ratio: 0.25, minPerSecond: 10, calls: 0, retries: 100 },
  { ratio: 0, minPerSecond: 0, calls: 1_000, retries: 0 },
])('$calls calls at a ratio of $ratio and $minPerSecond/s beside allow $retries retries', (row) => {
  const { budget, deposit, withdrawAll } = setUp(row.ratio, row.minPerSecond);
  deposit(row.calls);
  expect(budget.left).toBe(row.retries);
  expect(withdrawAll()).toBe(row.retries);
  expect(budget.left).toBe(0);
});

test.each([
  [9_999, 25],
  [10_000, 0],
  [1e12, 0],
])('%i ms after 100 calls at a ratio of 0.25 there are %i retries left', (now, retries) => {
  const { time, deposit, withdrawAll } = setUp(0.25, 0);
  deposit(100);
  time.now = now;
  expect(withdrawAll()).toBe(retries);
});

test('what was taken comes back after ten seconds, and not more than that', () => {
  const { time, withdrawAll } = setUp(0, 10);
  expect(withdrawAll()).toBe(100);
  time.now = 9_999;
  expect(withdrawAll()).toBe(0);
  time.now = 10_000;
  expect(withdrawAll()).toBe(100);
  time.now = 60_000;
  expect(withdrawAll()).toBe(100);
});
