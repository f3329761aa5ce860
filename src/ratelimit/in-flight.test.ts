import { expect, test } from 'vitest';
import { InFlight } from './in-flight.ts';

test('a caller holds up to its bound, and others are not touched by it', () => {
  const calls = new InFlight(2);
  expect([calls.acquire('ann'), calls.acquire('ann'), calls.acquire('ann')]).toEqual([
    true,
    true,
    false,
  ]);
  expect(calls.acquire('bob')).toBe(true);
  calls.release('ann');
  expect(calls.acquire('ann')).toBe(true);
});

test('who holds nothing takes no memory', () => {
  const calls = new InFlight(2);
  calls.acquire('ann');
  calls.acquire('ann');
  calls.release('ann');
  calls.release('ann');
  expect([calls.heldBy('ann'), calls.callers]).toEqual([0, 0]);
});
