import { expect, test } from 'vitest';
import { toOriginForm } from './origin-form.ts';

test.each([
  ['/trpc/a.b?input=1', '/trpc/a.b?input=1'],
  ['http://weir.example/trpc/a.b?input=1', '/trpc/a.b?input=1'],
  ['HTTPS://weir.example:4000/trpc', '/trpc'],
  ['http://weir.example', '/'],
  ['http://weir.example?x=1', '/?x=1'],
  ['//evil.example/trpc', '//evil.example/trpc'],
  ['*', '*'],
  ['', ''],
])('%s is %s', (target, expected) => {
  expect(toOriginForm(target)).toBe(expected);
});
