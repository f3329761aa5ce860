import { expect, test } from 'vitest';
import { fromPageCursor } from './page-cursor.ts';

test.each([
  { input: { pageSize: 5 }, request: { pageSize: 5 } },
  { input: { pageToken: 'a' }, request: { pageToken: 'a' } },
  { input: { pageSize: 5, cursor: 'a' }, request: { pageSize: 5, pageToken: 'a' } },
  { input: { cursor: 'a', direction: 'forward' }, request: { pageToken: 'a' } },
  { input: { direction: 'forward' }, request: {} },
  { input: { cursor: null, pageToken: 'a' }, request: { pageToken: 'a' } },
  { input: { cursor: 'new', pageToken: 'old' }, request: { pageToken: 'new' } },
  { input: undefined, request: undefined },
  { input: ['cursor'], request: ['cursor'] },
  { input: 'cursor', request: 'cursor' },
])('$input is $request', ({ input, request }) => {
  expect(fromPageCursor(input)).toEqual(request);
});
