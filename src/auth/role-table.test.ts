import { expect, test } from 'vitest';
import { ANONYMOUS, type Identity } from './identity.ts';
import { RoleTable } from './role-table.ts';

const withRoles = (roles: string[], permissions: string[] = []): Identity => ({
  ...ANONYMOUS,
  proof: 'jwt',
  subject: 'ada',
  roles,
  permissions,
});

const table = new RoleTable({
  viewer: { permissions: ['quotes:read'], inherits: [] },
  trader: { permissions: ['orders:write'], inherits: ['viewer'] },
  risk: { permissions: ['limits:write'], inherits: ['viewer'] },
  head: { permissions: [], inherits: ['trader', 'risk'] },
});

test.each([
  [[], [], [], []],
  [['viewer'], [], ['viewer'], ['quotes:read']],
  [['trader'], [], ['trader', 'viewer'], ['orders:write', 'quotes:read']],
  [
    ['head'],
    [],
    ['head', 'risk', 'trader', 'viewer'],
    ['limits:write', 'orders:write', 'quotes:read'],
  ],
  [['unheard-of'], [], ['unheard-of'], []],
  [['constructor'], [], ['constructor'], []],
  [['viewer'], ['extra'], ['viewer'], ['extra', 'quotes:read']],
])('roles %j and permissions %j are worth %j and %j', (roles, permissions, effective, allowed) => {
  const identity = withRoles(roles, permissions);
  expect([...table.rolesOf(identity)].sort()).toEqual(effective);
  expect([...table.permissionsOf(identity)].sort()).toEqual(allowed);
});

test.each([
  [{ a: { permissions: [], inherits: ['a'] } }, 'Role "a" inherits from itself: a → a.'],
  [
    {
      a: { permissions: [], inherits: ['b'] },
      b: { permissions: [], inherits: ['c'] },
      c: { permissions: [], inherits: ['a'] },
    },
    'Role "a" inherits from itself: a → b → c → a.',
  ],
  [
    { a: { permissions: [], inherits: ['toString'] } },
    'Role "a" inherits from "toString", which is not defined.',
  ],
])('%j is refused', (definitions, message) => {
  expect(() => new RoleTable(definitions)).toThrow(message);
});
