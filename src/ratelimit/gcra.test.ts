import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decide, ticksUntilFull, tokensLeft } from './gcra.ts';
import { createQuota, createRateLimit } from './limit.ts';
import { TICKS_PER_MS } from './ticks.ts';

const ms = (milliseconds: number) => milliseconds * TICKS_PER_MS;

/** Ten a second, three at once: a token every 100 ms. */
const rate = createRateLimit('r', 'caller', { requests: 10, perMs: 1_000, burst: 3 });

// Each row: when, what it costs, and what becomes of it. The bucket is carried from row to row.
test.each([
  {
    title: 'a burst, then one token at a time',
    calls: [
      { at: 1_000, cost: 1, left: 2 },
      { at: 1_000, cost: 1, left: 1 },
      { at: 1_000, cost: 1, left: 0 },
      { at: 1_000, cost: 1, wait: 100 },
      { at: 1_099, cost: 1, wait: 1 },
      { at: 1_100, cost: 1, left: 0 },
      { at: 1_100, cost: 1, wait: 100 },
      { at: 1_350, cost: 1, left: 1 },
      { at: 9_000, cost: 1, left: 2 },
    ],
  },
  {
    title: 'costs above one',
    calls: [
      { at: 0, cost: 2, left: 1 },
      { at: 0, cost: 2, wait: 100 },
      { at: 0, cost: 1, left: 0 },
      { at: 100, cost: 3, wait: 200 },
      { at: 300, cost: 3, left: 0 },
    ],
  },
  {
    title: 'a refused call moves nothing',
    calls: [
      { at: 0, cost: 3, left: 0 },
      { at: 50, cost: 1, wait: 50 },
      { at: 60, cost: 1, wait: 40 },
      { at: 100, cost: 1, left: 0 },
    ],
  },
  {
    title: 'a cost of nothing is always admitted and never refills',
    calls: [
      { at: 0, cost: 3, left: 0 },
      { at: 0, cost: 0, left: 0 },
      { at: 0, cost: 1, wait: 100 },
    ],
  },
])('$title', ({ calls }) => {
  let tat = 0;
  const seen = calls.map(({ at, cost }) => {
    const decision = decide(rate, tat, ms(at), cost);
    if (!decision.admitted) return { at, cost, wait: decision.waitTicks / TICKS_PER_MS };
    tat = decision.tat;
    return { at, cost, left: tokensLeft(rate, tat, ms(at)) };
  });
  expect(seen).toEqual(calls);
});

test('a quota comes back whole when its window begins', () => {
  const day = 86_400_000;
  const quota = createQuota('q', 3, day);
  const start = 20 * day;
  let tat = 0;
  const call = (at: number) => {
    const decision = decide(quota, tat, ms(at), 1);
    if (!decision.admitted) return decision.waitTicks / TICKS_PER_MS;
    tat = decision.tat;
    return `${tokensLeft(quota, tat, ms(at))} left`;
  };
  expect([
    call(start + 5_000),
    call(start + 50_000),
    call(start + day - 2_000),
    call(start + day - 1_000),
    call(start + day),
    call(start + 3 * day + 7),
  ]).toEqual(['2 left', '1 left', '0 left', 1_000, '2 left', '2 left']);
  expect(ticksUntilFull(quota, tat, ms(start + 3 * day + 7))).toBe(ms(day - 7));
});

test('an arrival time that has passed reads as a bucket never used', () => {
  const limits = [rate, createQuota('q', 1_000, 3_600_000)];
  const moments = fc.integer({ min: 0, max: 1e12 });
  fc.assert(
    fc.property(fc.constantFrom(...limits), moments, moments, (limit, tat, now) => {
      fc.pre(tat <= now);
      expect(decide(limit, tat, now, 1)).toEqual(decide(limit, 0, now, 1));
    }),
  );
});

// The other textbook form of the same algorithm (ITU-T I.371, continuous-state leaky bucket):
// a level that drains, against a capacity.
test('admits exactly what a leaky bucket of the same size admits', () => {
  const schedule = fc.array(
    fc.record({
      gap: fc.integer({ min: 0, max: ms(300) }),
      cost: fc.integer({ min: 1, max: 4 }),
    }),
    { maxLength: 200 },
  );
  fc.assert(
    fc.property(schedule, (calls) => {
      let now = ms(1_000);
      let tat = 0;
      let level = 0;
      let drained = now;
      for (const { gap, cost } of calls) {
        now += gap;
        level = Math.max(0, level - (now - drained));
        drained = now;
        const fits = level + cost * rate.interval <= rate.burst * rate.interval;
        if (fits) level += cost * rate.interval;
        const decision = decide(rate, tat, now, cost);
        if (decision.admitted) tat = decision.tat;
        expect(decision.admitted).toBe(fits);
      }
    }),
  );
});

test('never admits more than burst + rate · t in any stretch of time', () => {
  const limit = fc.record({
    requests: fc.integer({ min: 1, max: 400_000 }),
    perMs: fc.constantFrom(1_000, 60_000, 777),
    burst: fc.integer({ min: 1, max: 50 }),
  });
  const gaps = fc.array(fc.integer({ min: 0, max: ms(40) }), { minLength: 1, maxLength: 150 });
  fc.assert(
    fc.property(limit, gaps, (shape, steps) => {
      const subject = createRateLimit('r', 'caller', shape);
      let tat = 0;
      let now = 0;
      const admitted: number[] = [];
      for (const step of steps) {
        now += step;
        const decision = decide(subject, tat, now, 1);
        if (!decision.admitted) continue;
        tat = decision.tat;
        admitted.push(now);
      }
      admitted.forEach((from, first) => {
        admitted.slice(first).forEach((to, index) => {
          const allowed = shape.burst + ((to - from) / ms(shape.perMs)) * shape.requests;
          expect(index + 1).toBeLessThanOrEqual(allowed + 1e-6);
        });
      });
    }),
    { numRuns: 50 },
  );
});
