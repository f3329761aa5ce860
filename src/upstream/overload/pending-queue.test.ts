import { expect, test } from 'vitest';
import type { Priority } from '../../contract/policy.ts';
import { PendingQueue } from './pending-queue.ts';

const waiter = (name: string) => ({ name, priority: CLASSES[name[0] ?? ''] ?? 'default' });
const CLASSES: Readonly<Record<string, Priority>> = { c: 'critical', d: 'default', b: 'bulk' };

/** Each name begins with its class; the number tells who came when. */
test.each([
  ['one class, as they came', 9, ['d1', 'd2', 'd3'], [], ['d1', 'd2', 'd3']],
  ['orders before charts', 9, ['b1', 'd1', 'c1', 'b2', 'c2'], [], ['c1', 'c2', 'd1', 'b1', 'b2']],
  ['one too many of one class is refused itself', 2, ['d1', 'd2', 'd3'], ['d3'], ['d1', 'd2']],
  ['an order takes the place of the last bulk', 2, ['b1', 'b2', 'c1'], ['b2'], ['c1', 'b1']],
  ['bulk takes nobody’s place', 2, ['d1', 'c1', 'b1'], ['b1'], ['c1', 'd1']],
  ['nobody may wait', 0, ['c1', 'b1'], ['c1', 'b1'], []],
])('%s', (_, max, arriving, refused, served) => {
  const queue = new PendingQueue<{ name: string; priority: Priority }>(max);
  const out = arriving.map((name) => queue.push(waiter(name))?.name).filter(Boolean);
  expect(out).toEqual(refused);
  const order: string[] = [];
  for (let first = queue.first(); first !== undefined; first = queue.first()) {
    order.push(first.name);
    expect(queue.delete(first)).toBe(true);
    expect(queue.delete(first)).toBe(false);
  }
  expect(order).toEqual(served);
  expect(queue.size).toBe(0);
});

test.each<[Priority, string[], boolean]>([
  ['critical', ['d1', 'b1'], false],
  ['critical', ['c1'], true],
  ['default', ['b1'], false],
  ['default', ['c1'], true],
  ['bulk', ['d1'], true],
  ['bulk', [], false],
])('a %s call behind %j has to wait: %s', (priority, waiting, expected) => {
  const queue = new PendingQueue<{ name: string; priority: Priority }>(9);
  for (const name of waiting) queue.push(waiter(name));
  expect(queue.isBefore(priority)).toBe(expected);
});
