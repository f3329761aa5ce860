import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { EventLoopDelay } from './event-loop-delay.ts';

/** Turns of the event loop, each with so much work in milliseconds; one without any is quiet. */
async function measure(works: readonly number[]): Promise<number> {
  const delay = new EventLoopDelay();
  try {
    for (const work of works) {
      for (const until = performance.now() + work; performance.now() < until; );
      // There is always more to do right after work that piles up.
      if (work > 0) await nextTurn();
      else await pause(25);
    }
    return delay.read();
  } finally {
    delay.stop();
  }
}

test('work that fills every turn is a delay', async () => {
  expect(await measure(Array(8).fill(200))).toBeGreaterThan(100);
});

test('one long pause among quiet turns is none', async () => {
  expect(await measure([0, 0, 600, ...Array(12).fill(0)])).toBeLessThan(300);
});
