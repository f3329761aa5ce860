import { expect, test } from 'vitest';
import { refusalOf } from '../../test/auth/support/refusal-of.ts';
import type { Access } from '../contract/policy.ts';
import { ANONYMOUS, type Identity } from './identity.ts';
import { authorise, grantWithoutAccessControl } from './permit.ts';
import { RoleTable } from './role-table.ts';

const table = new RoleTable({
  viewer: { permissions: ['quotes:read'], inherits: [] },
  trader: { permissions: ['orders:read', 'orders:write'], inherits: ['viewer'] },
});
const caller = (subject: string, ...roles: string[]): Identity =>
  Object.freeze({ ...ANONYMOUS, proof: 'jwt', issuer: 'weir', subject, roles });

const CALLERS: Readonly<Record<string, Identity>> = {
  nobody: ANONYMOUS,
  plain: caller('plain'),
  viewer: caller('viewer', 'viewer'),
  trader: caller('trader', 'trader'),
};

const YES = 'accepted';
const LOGIN = 'UNAUTHENTICATED CREDENTIALS_MISSING';
const ROLE = 'PERMISSION_DENIED ROLE_MISSING';
const PERMISSION = 'PERMISSION_DENIED PERMISSION_MISSING';
const UNDECLARED = 'PERMISSION_DENIED ACCESS_UNDECLARED';

const RULES: readonly [access: Access | undefined, expected: Readonly<Record<string, string>>][] = [
  [undefined, { nobody: UNDECLARED, plain: UNDECLARED, viewer: UNDECLARED, trader: UNDECLARED }],
  [{ rule: 'public' }, { nobody: YES, plain: YES, viewer: YES, trader: YES }],
  [{ rule: 'authenticated' }, { nobody: LOGIN, plain: YES, viewer: YES, trader: YES }],
  [
    { rule: 'roles', names: ['viewer'] },
    { nobody: LOGIN, plain: ROLE, viewer: YES, trader: YES },
  ],
  [
    { rule: 'roles', names: ['trader', 'admin'] },
    { nobody: LOGIN, plain: ROLE, viewer: ROLE, trader: YES },
  ],
  [
    { rule: 'roles', names: [] },
    { nobody: LOGIN, plain: ROLE, viewer: ROLE, trader: ROLE },
  ],
  [
    { rule: 'permissions', names: ['quotes:read'] },
    { nobody: LOGIN, plain: PERMISSION, viewer: YES, trader: YES },
  ],
  [
    { rule: 'permissions', names: ['quotes:read', 'orders:write'] },
    { nobody: LOGIN, plain: PERMISSION, viewer: PERMISSION, trader: YES },
  ],
];

test.each(
  RULES.flatMap(([access, expected]) =>
    Object.entries(expected).map(([name, outcome]) => [access, name, outcome] as const),
  ),
)('%j for %s: %s', async (access, name, outcome) => {
  const identity = CALLERS[name] ?? ANONYMOUS;
  expect(await refusalOf(() => authorise(access, identity, table))).toBe(outcome);
});

test('the refusal says which role or permission is missing', () => {
  const refuse = (access: Access) => () => authorise(access, caller('plain'), table);
  expect(refuse({ rule: 'roles', names: ['a', 'b'] })).toThrow('needs the role "a" or "b"');
  expect(refuse({ rule: 'permissions', names: ['a', 'b'] })).toThrow(
    'needs the permission "a" and "b"',
  );
});

test('permits are shared only between callers who may see the same', () => {
  const key = (access: Access, identity: Identity) => authorise(access, identity, table).sharingKey;
  const open: Access = { rule: 'public' };
  const closed: Access = { rule: 'authenticated' };
  expect(key(open, ANONYMOUS)).toBe(key(open, caller('ada')));
  expect(key(closed, caller('ada', 'x'))).toBe(key(closed, caller('ada', 'x')));
  expect(key(closed, caller('ada'))).not.toBe(key(closed, caller('bob')));
  expect(key(closed, caller('ada', 'x'))).not.toBe(key(closed, caller('ada', 'y')));
  expect(key(closed, caller('ada'))).not.toBe(key(open, caller('ada')));
});

test('without access control everyone has a permit', () => {
  expect(grantWithoutAccessControl(ANONYMOUS).identity).toBe(ANONYMOUS);
});
