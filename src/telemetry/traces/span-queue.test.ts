import { expect, test } from 'vitest';
import { type SpanBatch, SpanQueue } from './span-queue.ts';

const broken = new Error('cannot be encoded');

test.each<[string, () => Promise<number>]>([
  ['rejects', async () => Promise.reject(broken)],
  [
    'throws',
    () => {
      throw broken;
    },
  ],
])('an export that %s costs its spans, and the next is sent', async (_, fail) => {
  const sent: number[] = [];
  const queue = new SpanQueue({
    send(batch: SpanBatch) {
      sent.push(batch.spans);
      return sent.length === 1 ? fail() : Promise.resolve(0);
    },
    maxQueue: 10,
    maxBatch: 2,
    intervalMs: 60_000,
  });
  for (let count = 0; count < 3; count++) {
    queue.enter(2);
    queue.leave();
  }
  await queue.close();
  expect(sent).toEqual([2, 2, 2]);
  expect(queue).toMatchObject({ exported: 4, refused: 2, dropped: 0, waiting: 0 });
});
