import { expect, test } from 'vitest';
import { type BreakerOutcome, createBreaker, DEFAULT_BREAKER_OPTIONS } from './breaker.ts';
import { createConsecutiveFailures } from './consecutive-failures.ts';

/** Random 0.5 makes the jitter factor exactly 1. */
function setUp({ random = 0.5, limit = 3 } = {}) {
  const changes: string[] = [];
  const time = { now: 0, random };
  const breaker = createBreaker(
    createConsecutiveFailures(limit),
    DEFAULT_BREAKER_OPTIONS,
    () => time.now,
    () => time.random,
    (state) => changes.push(state.name),
  );
  const call = (outcome: BreakerOutcome): boolean => {
    const report = breaker.enter();
    report?.(outcome);
    return report !== undefined;
  };
  return { breaker, time, changes, call };
}

test('opens after failures in a row, and one success in between starts over', () => {
  const { breaker, call } = setUp();
  call('failure');
  call('failure');
  call('success');
  call('failure');
  call('failure');
  expect(breaker.state.name).toBe('closed');
  call('failure');
  expect(breaker.state).toEqual({ name: 'open', until: 1_000, openings: 1 });
  expect(breaker.enter()).toBeUndefined();
});

test("the gateway's own refusals never count", () => {
  const { breaker, call } = setUp();
  for (let count = 0; count < 100; count++) call('ignored');
  expect(breaker.state.name).toBe('closed');
});

test('half open lets one probe through, then a few, and a ramp closes it', () => {
  const { breaker, time, changes, call } = setUp();
  for (let count = 0; count < 3; count++) call('failure');
  time.now = 999;
  expect(breaker.mayEnter()).toBe(false);
  time.now = 1_000;
  const first = breaker.enter();
  expect(breaker.enter()).toBeUndefined();
  first?.('success');
  const others = [breaker.enter(), breaker.enter(), breaker.enter()];
  expect(breaker.enter()).toBeUndefined();
  for (const report of others) report?.('success');
  expect(breaker.state.name).toBe('ramping');
  time.random = 0.09;
  expect(breaker.mayEnter()).toBe(true);
  time.random = 0.11;
  expect(breaker.mayEnter()).toBe(false);
  time.now = 6_000;
  time.random = 0.49;
  expect(breaker.mayEnter()).toBe(true);
  time.now = 11_000;
  time.random = 0.999;
  expect(call('success')).toBe(true);
  expect(breaker.state.name).toBe('closed');
  expect(changes).toEqual(['open', 'halfOpen', 'ramping', 'closed']);
});

test('a first probe that takes long is joined by others', () => {
  const { breaker, time, call } = setUp();
  for (let count = 0; count < 3; count++) call('failure');
  time.now = 1_000;
  const slow = breaker.enter();
  time.now = 1_999;
  expect(breaker.enter()).toBeUndefined();
  time.now = 2_000;
  for (let count = 0; count < 3; count++) expect(call('success')).toBe(true);
  expect(breaker.state.name).toBe('ramping');
  slow?.('failure');
  expect(breaker.state.name).toBe('ramping');
});

test('while ramping one draw decides: asking and entering do not both draw', () => {
  const { breaker, time, call } = setUp();
  for (let count = 0; count < 3; count++) call('failure');
  time.now = 1_000;
  for (let count = 0; count < 3; count++) call('success');
  expect(breaker.state.name).toBe('ramping');
  time.random = 0;
  expect(breaker.mayEnter()).toBe(true);
  time.random = 0.999;
  expect(call('success')).toBe(true);
});

test('each reopening lasts twice as long, up to the most', () => {
  const { breaker, time, call } = setUp();
  for (let count = 0; count < 3; count++) call('failure');
  const lasted: number[] = [];
  for (let opening = 0; opening < 7; opening++) {
    if (breaker.state.name !== 'open') throw new Error('expected an open breaker');
    lasted.push(breaker.state.until - time.now);
    time.now = breaker.state.until;
    call('failure');
  }
  expect(lasted).toEqual([1_000, 2_000, 4_000, 8_000, 10_000, 10_000, 10_000]);
});

test('a sign that the backend is back ends an opening, and a probe that fails prolongs it', () => {
  const { breaker, time, call } = setUp();
  breaker.hasten();
  expect(breaker.state.name).toBe('closed');
  for (let count = 0; count < 3; count++) call('failure');
  time.now = 100;
  expect(breaker.mayEnter()).toBe(false);
  breaker.hasten();
  expect(call('failure')).toBe(true);
  expect(breaker.state).toEqual({ name: 'open', until: 2_100, openings: 2 });
});

test('a probe that ends without a verdict frees its place', () => {
  const { breaker, time, call } = setUp();
  for (let count = 0; count < 3; count++) call('failure');
  time.now = 1_000;
  for (let count = 0; count < 10; count++) expect(call('ignored')).toBe(true);
  expect(breaker.state.name).toBe('halfOpen');
});

test('a late outcome of a call from before does not disturb probing', () => {
  const { breaker, time, call } = setUp();
  const late = breaker.enter();
  for (let count = 0; count < 3; count++) call('failure');
  time.now = 1_000;
  breaker.enter();
  late?.('failure');
  expect(breaker.state).toMatchObject({ name: 'halfOpen', probing: 1, successes: 0 });
});

test.each<BreakerOutcome>(['success', 'failure', 'ignored'])(
  'a late %s of an earlier probing does not count towards the present one',
  (outcome) => {
    const { breaker, time, call } = setUp();
    for (let count = 0; count < 3; count++) call('failure');
    time.now = 1_000;
    call('success');
    const late = breaker.enter();
    call('failure');
    time.now = 3_000;
    breaker.enter();
    late?.(outcome);
    expect(breaker.state).toMatchObject({ openings: 2, probing: 1, successes: 0 });
  },
);

test('the failures of calls from before an opening do not end the ramp after it', () => {
  const { breaker, time, call } = setUp();
  const late = [breaker.enter(), breaker.enter(), breaker.enter()];
  for (let count = 0; count < 3; count++) call('failure');
  time.now = 1_000;
  for (let count = 0; count < 3; count++) call('success');
  for (const report of late) report?.('failure');
  expect(breaker.state.name).toBe('ramping');
  for (let count = 0; count < 3; count++) call('failure');
  expect(breaker.state).toMatchObject({ name: 'open', openings: 2 });
});

test.each([
  [0, 800],
  [0.999_999, 1_200],
])('jitter of random %d opens for about %d ms', (random, openMs) => {
  const { breaker, call } = setUp({ random });
  for (let count = 0; count < 3; count++) call('failure');
  expect(breaker.state).toMatchObject({ name: 'open', until: expect.closeTo(openMs, 0) });
});
