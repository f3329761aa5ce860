import { expect, test } from 'vitest';
import { KnownRequests } from './known-requests.ts';
import { parseRequestTarget } from './request-target.ts';

const input = (value: unknown) => `a.b?input=${encodeURIComponent(JSON.stringify(value))}`;

test('a request that is known is not read again, and nobody can change what it said', () => {
  const requests = new KnownRequests();
  const text = input({ nested: { list: [{ symbol: 'AAPL' }] } });
  expect(requests.get(text)).toBeUndefined();
  const target = parseRequestTarget(text);
  requests.add(text, target, JSON.parse(target.input ?? ''));
  const known = requests.get(text);
  expect(known).toMatchObject({ path: 'a.b', batch: false });
  expect(known?.parsedInput).toEqual({ nested: { list: [{ symbol: 'AAPL' }] } });
  expect(requests.get(text)?.parsedInput).toBe(known?.parsedInput);
  expect(() => Object.assign(Object(known?.parsedInput).nested.list[0], { symbol: 'X' })).toThrow();
});

test('long requests, and all but the latest few thousand, are not kept', () => {
  const requests = new KnownRequests();
  const add = (text: string) => requests.add(text, parseRequestTarget(text), {});
  const long = input('x'.repeat(2_000));
  add(long);
  expect(requests.get(long)).toBeUndefined();
  for (let count = 0; count < 5_000; count += 1) add(input(count));
  expect(requests.get(input(0))).toBeUndefined();
  expect(requests.get(input(4_999))).toBeDefined();
});
