import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { TimerWheel, WheelEntry } from './timer-wheel.ts';

class Recorder extends WheelEntry {
  dueAt: number | undefined;
  readonly #then: () => void;

  constructor(then: () => void = () => {}) {
    super();
    this.#then = then;
  }

  onDue(): void {
    this.dueAt = performance.now();
    this.#then();
  }
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setImmediate', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

// 512 slots of 10 ms: the last two moments are laps ahead.
test.each([1, 9, 10, 11, 995, 5_120, 5_121, 60_000])(
  'what is due in %i ms is called then, and at most a tick later',
  (delayMs) => {
    const wheel = new TimerWheel(10);
    const entry = new Recorder();
    const moment = performance.now() + delayMs;
    wheel.arm(entry, moment);
    vi.advanceTimersByTime(delayMs + 20);
    expect(entry.dueAt).toBeGreaterThanOrEqual(moment);
    expect(entry.dueAt).toBeLessThanOrEqual(moment + 20);
    expect(wheel.armed).toBe(0);
  },
);

test('what was taken back is not called', () => {
  const wheel = new TimerWheel(10);
  const entries = Array.from({ length: 5 }, () => new Recorder());
  for (const entry of entries) wheel.arm(entry, performance.now() + 50);
  for (const at of [0, 2, 4]) wheel.disarm(entries[at] ?? new Recorder());
  vi.advanceTimersByTime(100);
  expect(entries.map(({ dueAt }) => dueAt !== undefined)).toEqual([
    false,
    true,
    false,
    true,
    false,
  ]);
});

test('an entry may take back another and arm itself again', () => {
  const wheel = new TimerWheel(10);
  const victim = new Recorder();
  let calls = 0;
  const entry: Recorder = new Recorder(() => {
    calls += 1;
    wheel.disarm(victim);
    if (calls < 3) wheel.arm(entry, performance.now() + 30);
  });
  wheel.arm(victim, performance.now() + 50);
  wheel.arm(entry, performance.now() + 50);
  vi.advanceTimersByTime(500);
  expect(calls).toBe(3);
  expect(victim.dueAt).toBeUndefined();
});

test('arming again moves the moment', () => {
  const wheel = new TimerWheel(10);
  const entry = new Recorder();
  wheel.arm(entry, performance.now() + 20);
  wheel.arm(entry, performance.now() + 200);
  vi.advanceTimersByTime(100);
  expect(entry.dueAt).toBeUndefined();
  vi.advanceTimersByTime(120);
  expect(entry.dueAt).toBeDefined();
});

test('an empty wheel has no timer', () => {
  const wheel = new TimerWheel(10);
  const entry = new Recorder();
  wheel.arm(entry, performance.now() + 20);
  wheel.disarm(entry);
  vi.advanceTimersByTime(11);
  expect(vi.getTimerCount()).toBe(0);
});
