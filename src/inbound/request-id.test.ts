import { expect, test } from 'vitest';
import { chooseRequestId, createRequestIds } from './request-id.ts';

test('ids of one process differ, and so do those of two', () => {
  const [first, second] = [createRequestIds(), createRequestIds()];
  expect(new Set([first(), first(), second(), second()]).size).toBe(4);
});

test.each([
  ['a-1', 'a-1'],
  ['4bf92f3577b34da6a3ce929d0e0e4736', '4bf92f3577b34da6a3ce929d0e0e4736'],
  [undefined, 'new'],
  ['', 'new'],
  ['x'.repeat(129), 'new'],
  ['a b', 'new'],
  ['a"b', 'new'],
  ['a\u001bb', 'new'],
  [['a', 'b'], 'new'],
])('%j becomes %s', (given, expected) => {
  const request = { headers: { 'x-request-id': given } };
  expect(chooseRequestId(request, { trusted: true }, () => 'new')).toBe(expected);
  expect(chooseRequestId(request, {}, () => 'new')).toBe('new');
});
