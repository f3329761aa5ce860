import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { watchHeartbeat } from './watch-heartbeat.ts';

let answer: () => Promise<void>;
let asked: number;
let silences: number;
let stop: () => void;

beforeEach(() => {
  vi.useFakeTimers();
  answer = async () => {};
  asked = 0;
  silences = 0;
  stop = watchHeartbeat({
    silenceMs: 5_000,
    beat() {
      asked += 1;
      return answer();
    },
    onSilent() {
      silences += 1;
    },
  });
});
afterEach(() => {
  stop();
  vi.useRealTimers();
});

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const never = () => new Promise<void>(() => {});

test('who answers lives on, however long', async () => {
  await pass(3_600_000);
  expect([asked > 3_000, silences]).toEqual([true, 0]);
});

test.each([
  ['says nothing', never],
  ['cannot be asked', () => Promise.reject(new Error('gone'))],
])('who %s is given up once, when the time is over', async (_, silent) => {
  await pass(10_000);
  answer = silent;
  await pass(4_999);
  expect(silences).toBe(0);
  await pass(1);
  expect(silences).toBe(1);
  const before = asked;
  await pass(60_000);
  expect([silences, asked]).toEqual([1, before]);
});

test('one late answer, to whichever question, begins the time anew', async () => {
  const late: (() => void)[] = [];
  answer = () => new Promise((resolve) => late.push(resolve));
  for (let round = 0; round < 10; round++) {
    await pass(4_000);
    late[0]?.();
    late.length = 0;
  }
  expect(silences).toBe(0);
});

test('a clock that jumps is nobody’s silence', async () => {
  answer = never;
  await pass(1_000);
  vi.setSystemTime(Date.now() + 3_600_000);
  await pass(1_000);
  answer = async () => {};
  await pass(1_000);
  await pass(60_000);
  expect(silences).toBe(0);
});

test('it ends when told', async () => {
  answer = never;
  stop();
  await pass(60_000);
  expect([asked, silences]).toEqual([1, 0]);
});
