import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FloodGuard } from './flood-guard.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const flood = (guard: FloodGuard, frames: number) => {
  for (let sent = 0; sent < frames; sent += 1) guard.onIdle();
};

test('a thousand in a second pass, one more does not', () => {
  const guard = new FloodGuard();
  flood(guard, 1_000);
  expect(() => guard.onIdle()).toThrow(expect.objectContaining({ code: 'ENHANCE_YOUR_CALM' }));
});

test('each second counts anew', () => {
  const guard = new FloodGuard();
  for (let second = 0; second < 5; second += 1) {
    flood(guard, 1_000);
    vi.advanceTimersByTime(1_000);
  }
});

test('frames that move calls on leave room for others', () => {
  const guard = new FloodGuard();
  guard.onIdle();
  for (let useful = 0; useful < 500; useful += 1) guard.onUseful();
  flood(guard, 5_000);
  expect(() => flood(guard, 1_000)).toThrow();
});
