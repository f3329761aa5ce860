import { expect, test } from 'vitest';
import { ExecutionLog } from './execution-log.ts';

const FIRST = 2n ** 53n;

function logOf(count: number): ExecutionLog {
  const log = new ExecutionLog(FIRST, 3);
  for (let place = 0; place < count; place++) append(log);
  return log;
}

function append(log: ExecutionLog): void {
  log.append({
    orderId: 1n,
    clientOrderId: 'mine',
    symbol: 'AAPL',
    side: 'SIDE_BUY',
    quantity: 1,
    price: 1,
    executedAtMs: 0,
    complete: true,
  });
}

const nextAfter = async (log: ExecutionLog, after: bigint) => {
  const { value } = await log.watch(after, new AbortController().signal).next();
  return value?.sequence;
};

test.each([
  ['in the middle', FIRST + 1n, FIRST + 2n],
  ['before an earlier book ended', 5n, FIRST],
])('replays from %s', async (_, after, next) => {
  expect(await nextAfter(logOf(4), after)).toBe(next);
});

test('0 asks for new ones only, and so does a sequence that is yet to come', async () => {
  const log = logOf(4);
  const waiting = [nextAfter(log, 0n), nextAfter(log, FIRST + 100n)];
  append(log);
  expect(await Promise.all(waiting)).toEqual([FIRST + 4n, FIRST + 4n]);
});

test('what is kept no longer is refused, never skipped in silence', async () => {
  const log = logOf(7);
  await expect(nextAfter(log, FIRST)).rejects.toMatchObject({ code: 'OUT_OF_RANGE' });
  expect(await nextAfter(log, FIRST + 3n)).toBe(FIRST + 4n);
});

test('the signal ends the wait', async () => {
  const stop = new AbortController();
  const waiting = logOf(1).watch(0n, stop.signal).next();
  stop.abort(new Error('gone'));
  await expect(waiting).rejects.toThrow('gone');
});
