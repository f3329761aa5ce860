import { expect, test, vi } from 'vitest';
import { Cancellation } from './cancellation.ts';

const reason = new Error('the caller left');

test('tells each listener once, with the first reason', () => {
  const cancellation = new Cancellation();
  const first = vi.fn();
  const second = vi.fn();
  cancellation.onCancel(first);
  cancellation.onCancel(second);
  cancellation.cancel(reason);
  cancellation.cancel(new Error('again'));
  expect(first.mock.calls).toEqual([[reason]]);
  expect(second.mock.calls).toEqual([[reason]]);
  expect(cancellation.reason).toBe(reason);
});

test('a listener that comes late hears of it at once', () => {
  const cancellation = new Cancellation();
  cancellation.cancel(reason);
  const late = vi.fn();
  cancellation.onCancel(late);
  expect(late.mock.calls).toEqual([[reason]]);
});

test('a listener taken back hears nothing, and its slot serves the next', () => {
  const cancellation = new Cancellation();
  const gone = vi.fn();
  const stays = vi.fn();
  const takeBack = cancellation.onCancel(gone);
  takeBack();
  cancellation.onCancel(stays);
  takeBack();
  cancellation.cancel(reason);
  expect(gone).not.toHaveBeenCalled();
  expect(stays).toHaveBeenCalledOnce();
});

test('the signal follows, whether it was asked for before or after', () => {
  const before = new Cancellation();
  const { signal } = before;
  expect(signal.aborted).toBe(false);
  before.cancel(reason);
  expect(signal.reason).toBe(reason);

  const after = new Cancellation();
  after.cancel(reason);
  expect(after.signal.reason).toBe(reason);
});
