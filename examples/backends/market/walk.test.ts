import { expect, test } from 'vitest';
import { DAY_MS, Walk } from './walk.ts';

const DAY = 20_000;
const NOON = (DAY + 0.5) * DAY_MS;

test('the same seed gives the same price, another seed or id another', () => {
  const price = new Walk(1, 7, 100).priceAt(NOON);
  expect(new Walk(1, 7, 100).priceAt(NOON)).toBe(price);
  expect(new Walk(2, 7, 100).priceAt(NOON)).not.toBe(price);
  expect(new Walk(1, 8, 100).priceAt(NOON)).not.toBe(price);
});

test('each day begins at the close of the day before', () => {
  const walk = new Walk(1, 7, 100);
  for (const day of [DAY, DAY + 1, DAY + 2]) {
    expect(walk.priceAt(day * DAY_MS)).toBeCloseTo(walk.closeOf(day - 1), 6);
    expect(walk.priceAt((day + 1) * DAY_MS - 1)).toBeCloseTo(walk.closeOf(day), 1);
  }
});

test('moves scatter as those of a random walk: four times the time, twice the move', () => {
  const walk = new Walk(3, 7, 100);
  const spreadOver = (stepMs: number) => {
    const moves = Array.from({ length: 2000 }, (_, place) => {
      const start = NOON + place * 4_000;
      return Math.log(walk.priceAt(start + stepMs) / walk.priceAt(start));
    });
    return Math.sqrt(moves.reduce((sum, move) => sum + move ** 2, 0) / moves.length);
  };
  const second = spreadOver(1_000);
  expect(second).toBeGreaterThan(0.04 * Math.sqrt(1_000 / DAY_MS) * 0.8);
  expect(second).toBeLessThan(0.04 * Math.sqrt(1_000 / DAY_MS) * 1.2);
  expect(spreadOver(4_000) / second).toBeGreaterThan(1.7);
  expect(spreadOver(4_000) / second).toBeLessThan(2.3);
});
