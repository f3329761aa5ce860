import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ExpiryQueue } from './expiry-queue.ts';

beforeEach(() => void vi.useFakeTimers({ now: 1_000_000 }));
afterEach(() => void vi.useRealTimers());

test('runs each at its moment, in order, with one timer', () => {
  const queue = new ExpiryQueue();
  const ran: number[] = [];
  for (const afterMs of [500, 100, 300, 200, 400]) {
    queue.add(1_000_000 + afterMs, () => ran.push(afterMs));
  }
  expect(vi.getTimerCount()).toBe(1);
  vi.advanceTimersByTime(99);
  expect(ran).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(ran).toEqual([100]);
  vi.advanceTimersByTime(1_000);
  expect(ran).toEqual([100, 200, 300, 400, 500]);
  expect(vi.getTimerCount()).toBe(0);
});

test('an earlier moment added later is not late', () => {
  const queue = new ExpiryQueue();
  const ran: string[] = [];
  queue.add(1_060_000, () => ran.push('later'));
  queue.add(1_000_010, () => ran.push('sooner'));
  vi.advanceTimersByTime(10);
  expect(ran).toEqual(['sooner']);
});

test.each([
  ['past', 999_999, 1],
  ['now', 1_000_000, 1],
  ['never', Number.POSITIVE_INFINITY, 0],
])('a moment that is %s', (_name, atMs, runs) => {
  const queue = new ExpiryQueue();
  const run = vi.fn();
  queue.add(atMs, run);
  vi.advanceTimersByTime(0);
  expect(run).toHaveBeenCalledTimes(runs);
});

test('a moment further away than a timer of Node reaches is still met', () => {
  const queue = new ExpiryQueue();
  const run = vi.fn();
  const YEAR_MS = 365 * 86_400_000;
  queue.add(1_000_000 + YEAR_MS, run);
  vi.advanceTimersByTime(YEAR_MS - 1);
  expect(run).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(run).toHaveBeenCalledTimes(1);
});

test('what was taken back does not run and is not kept', () => {
  const queue = new ExpiryQueue();
  const run = vi.fn();
  const takeBack = Array.from({ length: 1_000 }, (_, at) => queue.add(2_000_000 + at, run));
  for (const take of takeBack) take();
  for (const take of takeBack) take();
  expect(queue.size).toBe(0);
  vi.advanceTimersByTime(2_000_000);
  expect(run).not.toHaveBeenCalled();
});

test('what runs may add more', () => {
  const queue = new ExpiryQueue();
  const ran: string[] = [];
  queue.add(1_000_010, () => {
    ran.push('first');
    queue.add(1_000_020, () => ran.push('second'));
  });
  vi.advanceTimersByTime(20);
  expect(ran).toEqual(['first', 'second']);
});

test('close forgets everything', () => {
  const queue = new ExpiryQueue();
  const run = vi.fn();
  queue.add(1_000_010, run);
  queue.close();
  vi.advanceTimersByTime(1_000);
  expect(run).not.toHaveBeenCalled();
  expect(vi.getTimerCount()).toBe(0);
});

test('any adding and taking back runs exactly what is left, in order', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(10_000), fc.boolean())), (entries) => {
      let nowMs = 0;
      const queue = new ExpiryQueue(() => nowMs);
      const ran: number[] = [];
      for (const [atMs, taken] of entries) {
        const take = queue.add(atMs + 1, () => ran.push(atMs));
        [() => {}, take][Number(taken)]?.();
      }
      nowMs = 20_000;
      queue.runDue();
      queue.close();
      const left = entries.filter(([, taken]) => !taken).map(([atMs]) => atMs);
      expect(ran).toEqual(left.sort((a, b) => a - b));
    }),
  );
});
