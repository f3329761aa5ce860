import { expect, test } from 'vitest';
import { CallNotes } from './call-notes.ts';

test('the first events are kept, and the rest is counted', () => {
  const notes = new CallNotes();
  for (let index = 0; index < 100; index++) notes.event('retry', { 'weir.wait_ms': index });
  expect(notes.events).toHaveLength(32);
  expect(notes.events?.at(-1)).toMatchObject({ name: 'retry', attributes: { 'weir.wait_ms': 31 } });
  expect(notes.droppedEvents).toBe(68);
});

test('a stream that is held back for days has one event, and the sum', () => {
  const notes = new CallNotes();
  for (let index = 0; index < 1_000; index++) notes.paused(20);
  expect(notes.events).toMatchObject([
    { name: 'held back by a limit', attributes: { 'weir.wait_ms': 20 } },
  ]);
  expect(notes).toMatchObject({ pauses: 1_000, pausedMs: 20_000, droppedEvents: 0 });
});
