import { expect, test } from 'vitest';
import { refusalOf } from '../../../test/auth/support/refusal-of.ts';
import { ExpiryQueue } from '../expiry-queue.ts';
import { ANONYMOUS, type Identity } from '../identity.ts';
import { refusalReasonOf } from '../refusal.ts';
import type { AccessChange } from './access-change.ts';
import { createLocalFeed } from './access-change-feed.ts';
import { LiveAccess } from './live-access.ts';

const ISSUER = 'https://issuer.example';
const UNTIL = 100_000;

const ada: Identity = Object.freeze({
  ...ANONYMOUS,
  proof: 'jwt',
  issuer: ISSUER,
  subject: 'ada',
  roles: ['trader'],
  tokenId: 't1',
  sessionId: 's1',
  issuedAtMs: 1_000,
  expiresAtMs: 50_000,
});

function create() {
  const clock = { nowMs: 2_000 };
  const queue = new ExpiryQueue(() => clock.nowMs);
  const access = new LiveAccess(createLocalFeed(), queue, () => clock.nowMs);
  const moveTo = (nowMs: number) => {
    clock.nowMs = nowMs;
    queue.runDue();
  };
  const watch = (identity: Identity) => {
    const seen: string[] = [];
    const stop = access.watch(identity, {
      onEnd: (error) => seen.push(`end ${refusalReasonOf(error)}`),
      onChange: ({ roles }) => seen.push(`roles ${roles.join()}`),
    });
    return { seen, stop };
  };
  return { access, queue, moveTo, watch };
}

const CHANGES: readonly [AccessChange, outcome: string][] = [
  [{ kind: 'tokenRevoked', issuer: ISSUER, tokenId: 't1', untilMs: UNTIL }, 'revoked'],
  [{ kind: 'tokenRevoked', issuer: ISSUER, tokenId: 't2', untilMs: UNTIL }, 'untouched'],
  [{ kind: 'tokenRevoked', issuer: 'other', tokenId: 't1', untilMs: UNTIL }, 'untouched'],
  [{ kind: 'tokenRevoked', issuer: ISSUER, tokenId: 't1', untilMs: 1_999 }, 'untouched'],
  [{ kind: 'sessionRevoked', issuer: ISSUER, sessionId: 's1', untilMs: UNTIL }, 'revoked'],
  [{ kind: 'sessionRevoked', issuer: ISSUER, sessionId: 't1', untilMs: UNTIL }, 'untouched'],
  [
    { kind: 'subjectRevoked', issuer: ISSUER, subject: 'ada', atMs: 1_000, untilMs: UNTIL },
    'revoked',
  ],
  [
    { kind: 'subjectRevoked', issuer: ISSUER, subject: 'ada', atMs: 999, untilMs: UNTIL },
    'untouched',
  ],
  [
    { kind: 'subjectRevoked', issuer: ISSUER, subject: 'bob', atMs: 1_000, untilMs: UNTIL },
    'untouched',
  ],
];

test.each(CHANGES)('%j leaves the token %s, and its streams as well', async (change, outcome) => {
  const { access, watch } = create();
  const before = watch(ada);
  await access.announce(change);
  const expected = {
    revoked: ['UNAUTHENTICATED TOKEN_REVOKED', ['end TOKEN_REVOKED']],
    untouched: ['accepted', []],
  }[outcome];
  expect([await refusalOf(() => access.current(ada)), before.seen]).toEqual(expected);
  expect(watch(ada).seen).toEqual(before.seen);
});

test('a stream ends when its token expires, once', () => {
  const { moveTo, watch } = create();
  const { seen } = watch(ada);
  moveTo(49_999);
  expect(seen).toEqual([]);
  moveTo(50_000);
  moveTo(60_000);
  expect(seen).toEqual(['end TOKEN_EXPIRED']);
});

test('a watch that was stopped hears nothing and leaves nothing', async () => {
  const { access, queue, moveTo, watch } = create();
  const { seen, stop } = watch(ada);
  stop();
  expect(queue.size).toBe(0);
  await access.announce({ kind: 'tokenRevoked', issuer: ISSUER, tokenId: 't1', untilMs: UNTIL });
  moveTo(60_000);
  expect(seen).toEqual([]);
});

test('changed roles reach tokens of before, calls and streams alike', async () => {
  const { access, watch, moveTo } = create();
  const { seen } = watch(ada);
  const change = { kind: 'rolesChanged', issuer: ISSUER, subject: 'ada', untilMs: UNTIL } as const;
  await access.announce({ ...change, roles: ['viewer'], atMs: 2_000 });
  expect(access.current(ada).roles).toEqual(['viewer']);
  expect(access.current(ada)).toBe(access.current(ada));
  expect(access.current(access.current(ada))).toBe(access.current(ada));
  await access.announce({ ...change, roles: ['late news'], atMs: 1_500 });
  await access.announce({ ...change, roles: [], atMs: 3_000 });
  expect(seen).toEqual(['roles viewer', 'roles ']);
  expect(access.current({ ...ada, issuedAtMs: 3_001 }).roles).toEqual(['trader']);
  moveTo(UNTIL);
  expect(access.current(ada).roles).toEqual(['trader']);
});

test('revocations are forgotten when no token they concern can be alive', async () => {
  const { access, queue, moveTo } = create();
  await access.announce({ kind: 'tokenRevoked', issuer: ISSUER, tokenId: 't1', untilMs: UNTIL });
  moveTo(UNTIL);
  expect(queue.size).toBe(0);
  expect(access.current(ada)).toBe(ada);
});

test('nobody cannot be revoked', () => {
  const { queue, watch } = create();
  watch(ANONYMOUS);
  expect(queue.size).toBe(0);
});
