import { expect, test } from 'vitest';
import { ANONYMOUS } from '../auth/identity.ts';
import { authorise, type Permit } from '../auth/permit.ts';
import { RoleTable } from '../auth/role-table.ts';
import type { Call } from './call.ts';
import type { UnaryHandler } from './middleware.ts';
import type { AuthenticatedCall, PermittedCall } from './permitted-call.ts';

/** What the compiler refuses: each `@ts-expect-error` fails the type check where there is no error. */

const toBackend: UnaryHandler<PermittedCall> = async ({ permit }) => ({
  json: permit.identity.subject,
  headers: [],
});

test('a path that forgot to authorise does not compile', () => {
  // @ts-expect-error a call has no permit
  const unasked: UnaryHandler<Call> = toBackend;
  // @ts-expect-error a known caller has no permit either
  const unauthorised: UnaryHandler<AuthenticatedCall> = toBackend;
  // @ts-expect-error a permit has a part that only its own file can make
  const forged: Permit = { identity: ANONYMOUS, everyone: true, sharingKey: '' };
  const granted: Permit = authorise({ rule: 'public' }, ANONYMOUS, new RoleTable({}));
  expect([unasked, unauthorised]).toEqual([toBackend, toBackend]);
  expect(forged.identity).toBe(granted.identity);
});
