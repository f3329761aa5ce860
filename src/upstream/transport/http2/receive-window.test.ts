import { expect, test } from 'vitest';
import { ReceiveWindow } from './receive-window.ts';

test('the peer may send what the window holds, and no octet more', () => {
  const window = new ReceiveWindow(100);
  expect(window.take(100)).toBe(true);
  expect(window.take(1)).toBe(false);
});

test('credit is announced once half the window was read, and the window doubles to its limit', () => {
  const window = new ReceiveWindow(100);
  expect(window.release(49, 300)).toBe(0);
  expect(window.release(1, 300)).toBe(50 + 100);
  expect(window.release(99, 300)).toBe(0);
  expect(window.release(1, 300)).toBe(100 + 100);
  expect(window.release(150, 300)).toBe(150);
});

test('a window above a limit that fell gives no credit until it has shrunk to it', () => {
  const window = new ReceiveWindow(100);
  expect(window.release(50, 200)).toBe(50 + 100);
  expect(window.release(100, 80)).toBe(0);
  expect(window.release(60, 80)).toBe(40);
  expect(window.release(40, 80)).toBe(40);
});
