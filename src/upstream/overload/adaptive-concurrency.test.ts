import { expect, test } from 'vitest';
import { createAdaptiveConcurrency } from './adaptive-concurrency.ts';

const OPTIONS = { initial: 20, min: 10, max: 22, tolerance: 10, bestForMs: 60_000 };

function setUp() {
  let now = 0;
  const limiter = createAdaptiveConcurrency(OPTIONS, () => now);
  const enter = () => {
    const leave = limiter.enter();
    if (leave === undefined) throw new Error('the limit is reached');
    return leave;
  };
  return {
    limiter,
    enter,
    enterMany: (count: number) => Array.from({ length: count }, enter),
    tick: (ms: number) => {
      now += ms;
    },
  };
}

test('above the limit nobody enters until somebody leaves', () => {
  const { limiter, enterMany } = setUp();
  const [first] = enterMany(20);
  expect(limiter.enter()).toBeUndefined();
  first?.('ignored');
  expect(limiter.enter()).toBeDefined();
  expect(limiter.inFlight).toBe(20);
});

test('answers in good time raise it while at least half of it is in use, up to the most', () => {
  const { limiter, enter, enterMany, tick } = setUp();
  const idle = enter();
  tick(1);
  idle('answered');
  expect(limiter.limit).toBe(20);
  const busy = enterMany(20);
  tick(1);
  for (const leave of busy) leave('answered');
  expect(limiter.limit).toBe(22);
});

test.each([
  ['a refusal for overload', 'dropped', 1],
  ['an answer that took ten times the best', 'answered', 11],
] as const)('%s lowers it by a tenth', (_, outcome, ms) => {
  const { limiter, enter, tick } = setUp();
  const best = enter();
  tick(1);
  best('answered');
  const leave = enter();
  tick(ms);
  leave(outcome);
  expect(limiter.limit).toBe(18);
});

test('calls of one moment lower it once, and never below the least', () => {
  const { limiter, enterMany, tick } = setUp();
  for (const leave of enterMany(10)) leave('dropped');
  expect(limiter.limit).toBe(18);
  tick(1);
  for (let round = 0; round < 20; round++) {
    const calls = enterMany(10);
    tick(1);
    for (const leave of calls) leave('dropped');
  }
  expect(limiter.limit).toBe(10);
});

test('the best is forgotten in time, so a slower backend is measured by itself', () => {
  const { limiter, enter, tick } = setUp();
  const fast = enter();
  tick(1);
  fast('answered');
  tick(60_001);
  const slow = enter();
  tick(500);
  slow('answered');
  expect(limiter.limit).toBe(20);
});
