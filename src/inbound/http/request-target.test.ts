import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseRequestTarget } from './request-target.ts';

const NONE = {
  batch: false,
  input: undefined,
  connectionParams: undefined,
  lastEventId: undefined,
};

test.each([
  ['a.b', { ...NONE, path: 'a.b' }],
  ['', { ...NONE, path: '' }],
  ['a.b/', { ...NONE, path: 'a.b' }],
  ['a.b?', { ...NONE, path: 'a.b' }],
  ['a.b,c.d?batch=1', { ...NONE, path: 'a.b,c.d', batch: true }],
  ['a.b?batch=0', { ...NONE, path: 'a.b' }],
  ['a.b?batch=1&batch=0', { ...NONE, path: 'a.b', batch: true }],
  ['a%2Eb', { ...NONE, path: 'a.b' }],
  ['x/../a.b', { ...NONE, path: 'a.b' }],
  ['a.b?input=%7B%22a%22%3A1%7D', { ...NONE, path: 'a.b', input: '{"a":1}' }],
  ['a.b?input=', { ...NONE, path: 'a.b', input: '' }],
  ['a.b?input=1&input=2', { ...NONE, path: 'a.b', input: '1' }],
  ['a.b?input=1#&batch=1', { ...NONE, path: 'a.b', input: '1' }],
  ['a.b?lastEventId=1&Last-Event-Id=2', { ...NONE, path: 'a.b', lastEventId: '1' }],
  ['a.b?connectionParams=null', { ...NONE, path: 'a.b', connectionParams: 'null' }],
])('%s', (target, expected) => {
  expect(parseRequestTarget(target)).toEqual(expected);
});

test('a broken escape in the path is refused', () => {
  expect(() => parseRequestTarget('a.%zz')).toThrow('Invalid URL-encoding in path "a.%zz"');
});

test('values are decoded as URLSearchParams decodes them', () => {
  const raw = fc
    .array(fc.oneof(fc.string({ maxLength: 6 }), fc.constantFrom('%41', '%', '%E4', '%C3%A4', '+')))
    .map((parts) => parts.join('').replace(/[#&?]/g, ''));
  fc.assert(
    fc.property(raw, (value) => {
      const target = `a.b?input=${value}`;
      expect(parseRequestTarget(target).input).toBe(
        new URLSearchParams(target.slice(4)).get('input'),
      );
    }),
  );
});
