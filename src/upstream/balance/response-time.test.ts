import { expect, test } from 'vitest';
import { ResponseTime } from './response-time.ts';

function answered(durations: readonly number[], at = 0): ResponseTime {
  const time = new ResponseTime();
  for (const duration of durations) time.answered(duration, at);
  return time;
}

test('nine answers say nothing, the tenth makes an average of all', () => {
  const time = answered([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect([time.averageMs, time.fadedMs(0)]).toEqual([undefined, 0]);
  time.answered(10, 0);
  expect([time.averageMs, time.fadedMs(0)]).toEqual([5.5, 5.5]);
});

test('from then on each answer moves it by a tenth of the way', () => {
  const time = answered(Array(10).fill(10));
  time.answered(110, 0);
  expect(time.averageMs).toBe(20);
});

test.each([
  [0, 80],
  [5_000, 40],
  [10_000, 20],
])('%i ms after the last answer it counts as %i ms', (silence, faded) => {
  expect(answered(Array(10).fill(80), 1_000).fadedMs(1_000 + silence)).toBe(faded);
});

test('what is forgotten does not count', () => {
  const time = answered(Array(10).fill(500));
  time.forget();
  expect(time.fadedMs(0)).toBe(0);
  for (let answers = 0; answers < 10; answers++) time.answered(2, 0);
  expect(time.averageMs).toBe(2);
});

test.each<[string, ('refused' | 'answered')[], number]>([
  ['nothing refused', ['answered'], 0],
  ['one refused', ['refused'], 0.1],
  ['everything refused', Array(100).fill('refused'), 1],
  ['every other refused', Array(50).fill(['refused', 'answered']).flat(), 0.47],
])('the share refused: %s', (_, answers, share) => {
  const time = answered([]);
  for (const answer of answers) {
    if (answer === 'refused') time.refused(0);
    else time.answered(10, 0);
  }
  expect(time.refusedShare(0)).toBeCloseTo(share, 2);
  // Whoever is not asked any more has to be tried again.
  expect(time.refusedShare(10_000)).toBeCloseTo(share / 4, 2);
});

test('a refusal says nothing of the time an answer takes', () => {
  const time = answered(Array(10).fill(10));
  time.refused(0);
  expect(time.averageMs).toBe(10);
});
