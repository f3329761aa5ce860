import { expect, test } from 'vitest';
import { ReceiveWindow } from './receive-window.ts';

test('the peer may send what the window holds, and no octet more', () => {
  const window = new ReceiveWindow(100, 100);
  expect(window.take(100)).toBe(true);
  expect(window.take(1)).toBe(false);
});

test('credit is announced once half the window was read, and the window doubles to its limit', () => {
  const window = new ReceiveWindow(100, 300);
  expect(window.release(49)).toBe(0);
  expect(window.release(1)).toBe(50 + 100);
  expect(window.release(99)).toBe(0);
  expect(window.release(1)).toBe(100 + 100);
  expect(window.release(150)).toBe(150);
});
