import { expect, test } from 'vitest';
import { BucketTable } from './bucket-table.ts';

test('holds no more than its bound under random names', () => {
  const table = new BucketTable(1_000);
  for (let index = 0; index < 50_000; index += 1) table.set(`random ${index}`, index + 1);
  expect(table.size).toBeLessThanOrEqual(1_000);
  expect(table.get('random 49999')).toBe(50_000);
});

test('a bucket in use outlives any number of invented ones', () => {
  const table = new BucketTable(1_000);
  for (let index = 0; index < 50_000; index += 1) {
    table.set('busy', index + 1);
    table.set(`random ${index}`, 1);
  }
  expect(table.get('busy')).toBe(50_000);
});

test('a full bucket is dropped by the sweep, one in use is kept', () => {
  const table = new BucketTable(100);
  table.set('idle', 50);
  table.set('busy', 150);
  table.sweep(100);
  expect([table.get('idle'), table.get('busy'), table.size]).toEqual([0, 150, 1]);
});

test('raise keeps the later of two arrival times', () => {
  const table = new BucketTable(100);
  table.raise('a', 50);
  table.raise('a', 40);
  expect(table.get('a')).toBe(50);
  table.raise('a', 60);
  expect([...table.inUse(55)]).toEqual([['a', 60]]);
});
