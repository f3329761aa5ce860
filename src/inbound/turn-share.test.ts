import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { awaitNextTurn, takeShareOfTurn } from './turn-share.ts';

function takeAll(): number {
  let taken = 0;
  while (takeShareOfTurn()) taken++;
  return taken;
}

test('a turn has an end, and the next one begins with a full share', async () => {
  await nextTurn();
  const first = takeAll();
  expect(first).toBeGreaterThan(0);
  expect(takeShareOfTurn()).toBe(false);
  await nextTurn();
  expect(takeAll()).toBe(first);
});

test('those who waited are resumed in their order, in the next turn', async () => {
  await nextTurn();
  takeAll();
  const resumed: string[] = [];
  awaitNextTurn(() => resumed.push('first'));
  awaitNextTurn(() => resumed.push('second'));
  expect(resumed).toEqual([]);
  await nextTurn();
  expect(resumed).toEqual(['first', 'second']);
});
