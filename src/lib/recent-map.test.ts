import { expect, test } from 'vitest';
import { RecentMap } from './recent-map.ts';

test('the least recently used go first, and no more are kept than the bound', () => {
  const map = new RecentMap<string, number>(4);
  map.set('a', 1);
  map.set('b', 2);
  map.set('c', 3);
  expect(map.get('a')).toBe(1);
  map.set('d', 4);
  expect(map.size).toBeLessThanOrEqual(4);
  expect(['a', 'b', 'c', 'd'].map((key) => map.get(key))).toEqual([1, undefined, 3, 4]);
});

test('a value given anew replaces the old one in either generation', () => {
  const map = new RecentMap<string, number>(2);
  map.set('a', 1);
  map.set('b', 2);
  map.set('a', 3);
  expect(map.get('a')).toBe(3);
  expect(map.size).toBe(2);
});

test('ten thousand keys leave as many as the bound', () => {
  const map = new RecentMap<number, number>(100);
  for (let key = 0; key < 10_000; key += 1) map.set(key, key);
  expect(map.size).toBe(100);
  expect(map.get(9_999)).toBe(9_999);
});
