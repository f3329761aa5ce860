import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createTestEndpoint } from '../../../test/support/endpoint.ts';
import type { Endpoint } from '../endpoint.ts';
import { type HealthMonitor, startHealthMonitor } from './health-monitor.ts';
import type { HealthProbe } from './health-probe.ts';
import type { HealthAnswer } from './serving-status.ts';

const YES: HealthAnswer = { verdict: 'healthy' };
const NO: HealthAnswer = { verdict: 'unhealthy', reason: 'down' };
const MUTE: HealthAnswer = { verdict: 'unsupported' };

let endpoint: Endpoint;
let monitor: HealthMonitor;
let changes: string[];
let asked: number[];
/** What each question is answered; the last one again and again. */
let answers: HealthAnswer[];

beforeEach(() => {
  vi.useFakeTimers();
  endpoint = createTestEndpoint();
  changes = [];
  asked = [];
});

afterEach(() => {
  monitor.stop();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

async function start(given: HealthAnswer[], watch?: HealthProbe['watch'], random = () => 0.5) {
  answers = given;
  monitor = startHealthMonitor(endpoint, {
    probe: {
      async ask() {
        asked.push(Date.now());
        return (answers.length > 1 ? answers.shift() : answers[0]) ?? MUTE;
      },
      ...(watch === undefined ? {} : { watch }),
    },
    intervalMs: 1_000,
    timeoutMs: 500,
    unhealthyThreshold: 2,
    healthyThreshold: 3,
    random,
    onChange: (_, health, reason) =>
      changes.push(reason === undefined ? health : `${health}: ${reason}`),
  });
  await vi.advanceTimersByTimeAsync(0);
}

/** A watch in the hands of the test. */
function createTestWatch() {
  const opened: { say(answer: HealthAnswer): void; end(answer: HealthAnswer): void }[] = [];
  let stopped = 0;
  const watch: HealthProbe['watch'] = (_, say, end) => {
    opened.push({ say, end });
    return { stop: () => stopped++ };
  };
  return { watch, opened, stopped: () => stopped, last: () => opened.at(-1) };
}

test.each<[string, HealthAnswer[], string[]]>([
  ['a healthy beginning is no news', [YES], []],
  ['the first answer counts at once', [NO], ['unhealthy: down']],
  ['one bad answer is a fluke', [YES, NO, YES, NO, YES], []],
  ['two in a row are not', [YES, NO, NO], ['unhealthy: down']],
  ['two good ones are not enough to come back', [NO, YES, YES, NO], ['unhealthy: down']],
  ['three are', [NO, YES, YES, YES], ['unhealthy: down', 'healthy']],
])('%s', async (_, given, expected) => {
  const count = given.length;
  await start(given);
  await vi.advanceTimersByTimeAsync(1_000 * (count - 1));
  expect(asked).toHaveLength(count);
  expect(changes).toEqual(expected);
});

test.each([
  [0, 800],
  [0.5, 1_000],
  [0.999_999, 1_200],
])('a random %d asks again after %d ms', async (random, expected) => {
  await start([YES], undefined, () => random);
  await vi.advanceTimersByTimeAsync(expected - 2);
  expect(asked).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(2);
  expect(asked).toHaveLength(2);
});

test('a slow answer holds back the next question', async () => {
  let answer: (answer: HealthAnswer) => void = () => {};
  let questions = 0;
  monitor = startHealthMonitor(endpoint, {
    probe: {
      ask: () => {
        questions++;
        return new Promise((resolve) => {
          answer = resolve;
        });
      },
    },
    intervalMs: 1_000,
    timeoutMs: 500,
    unhealthyThreshold: 2,
    healthyThreshold: 2,
    random: () => 0.5,
    onChange: () => {},
  });
  await vi.advanceTimersByTimeAsync(10_000);
  expect(questions).toBe(1);
  answer(YES);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(questions).toBe(2);
});

test('time-outs do not put off the next question', async () => {
  const questions: number[] = [];
  const began = performance.now();
  monitor = startHealthMonitor(endpoint, {
    probe: {
      ask: () => {
        questions.push(performance.now() - began);
        return new Promise((resolve) => setTimeout(resolve, 400, NO));
      },
    },
    intervalMs: 1_000,
    timeoutMs: 400,
    unhealthyThreshold: 2,
    healthyThreshold: 2,
    random: () => 0.5,
    onChange: () => {},
  });
  await vi.advanceTimersByTimeAsync(2_500);
  expect(questions).toEqual([0, 1_000, 2_000]);
});

test('what a backend announces counts at once, in both directions', async () => {
  const { watch, last } = createTestWatch();
  await start([YES], watch);
  last()?.say(NO);
  expect(endpoint.health).toBe('unhealthy');
  last()?.say(YES);
  expect(changes).toEqual(['unhealthy: down', 'healthy']);
});

test('a watch that broke is asked about at once and opened again at the next interval', async () => {
  const { watch, opened, last, stopped } = createTestWatch();
  await start([YES], watch);
  last()?.say(YES);
  answers = [NO];
  last()?.end(NO);
  await vi.advanceTimersByTimeAsync(0);
  expect([asked.length, opened.length]).toEqual([2, 1]);
  await vi.advanceTimersByTimeAsync(1_000);
  expect([asked.length, opened.length]).toEqual([3, 2]);
  expect(changes).toEqual(['unhealthy: down']);
  monitor.stop();
  expect(stopped()).toBe(1);
});

test('a watch that never says a word makes nobody ask sooner', async () => {
  const { watch, last } = createTestWatch();
  await start([YES], watch);
  last()?.end(NO);
  await vi.advanceTimersByTimeAsync(999);
  expect(asked).toHaveLength(1);
});

test('without Watch it is asked at each interval', async () => {
  const { watch, opened, last } = createTestWatch();
  await start([YES], watch);
  last()?.end(MUTE);
  await vi.advanceTimersByTimeAsync(3_000);
  expect([asked.length, opened.length]).toEqual([4, 1]);
  expect(changes).toEqual([]);
});

test('without Check a broken watch is an answer too', async () => {
  const { watch, opened, last } = createTestWatch();
  await start([MUTE], watch);
  last()?.say(YES);
  for (let times = 0; times < 2; times++) {
    last()?.end(NO);
    await vi.advanceTimersByTimeAsync(1_000);
  }
  expect([asked.length, opened.length]).toEqual([1, 3]);
  expect(changes).toEqual(['unhealthy: down']);
});

test('who offers neither is not judged, and asked no more', async () => {
  const { watch, last } = createTestWatch();
  await start([MUTE], watch);
  last()?.end(MUTE);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked).toHaveLength(1);
  expect(endpoint.health).toBe('unknown');
  expect(changes).toEqual(['unknown: the backend has no health service']);
});
