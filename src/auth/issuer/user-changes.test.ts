import { expect, test } from 'vitest';
import { findUserChanges } from './user-changes.ts';

const ada = { name: 'ada', passwordHash: 'h1', roles: ['a', 'b'], disabled: false };

test.each([
  ['nothing', [ada], []],
  ['the order of roles', [{ ...ada, roles: ['b', 'a'] }], []],
  ['a role less', [{ ...ada, roles: ['a'] }], [{ kind: 'roles', name: 'ada', roles: ['a'] }]],
  [
    'another role',
    [{ ...ada, roles: ['a', 'c'] }],
    [{ kind: 'roles', name: 'ada', roles: ['a', 'c'] }],
  ],
  ['the password', [{ ...ada, passwordHash: 'h2' }], [{ kind: 'signedOut', name: 'ada' }]],
  ['disabling', [{ ...ada, disabled: true }], [{ kind: 'signedOut', name: 'ada' }]],
  ['leaving', [], [{ kind: 'signedOut', name: 'ada' }]],
  ['somebody new', [ada, { ...ada, name: 'bob' }], []],
])('%s', (_what, after, changes) => {
  expect(findUserChanges([ada], after)).toEqual(changes);
});
