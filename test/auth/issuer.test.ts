import { decodeJwt, decodeProtectedHeader } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { digestCsrfToken } from '../../src/auth/credentials/csrf.ts';
import { ExpiryQueue } from '../../src/auth/expiry-queue.ts';
import { createIssuer, type Issuer, type Origin } from '../../src/auth/issuer/issuer.ts';
import { createLoginAttempts } from '../../src/auth/issuer/login-attempts.ts';
import { hashPassword } from '../../src/auth/issuer/password-hash.ts';
import { createSigningKeys } from '../../src/auth/issuer/signing-keys.ts';
import { createFixedUsers, type User } from '../../src/auth/issuer/user-store.ts';
import { createLocalFeed } from '../../src/auth/revocation/access-change-feed.ts';
import { LiveAccess } from '../../src/auth/revocation/live-access.ts';
import { createTokenVerifier, type TokenVerifier } from '../../src/auth/token/verify-token.ts';
import { type IssuerStores, STORE_KINDS } from './support/issuer-stores.ts';
import { refusalOf } from './support/refusal-of.ts';
import { trust } from './support/test-issuer.ts';

const URL = 'https://weir.example';
const PASSWORD = 'correct horse battery staple';
const WRONG_LOGIN = 'UNAUTHENTICATED LOGIN_FAILED';
const WRONG_REFRESH = 'UNAUTHENTICATED REFRESH_TOKEN_WRONG';
const origin: Origin = { address: '192.0.2.1', userAgent: 'test' };

const passwordHash = await hashPassword(PASSWORD);
const user = (name: string, changes: Partial<User> = {}): User => ({
  name,
  passwordHash,
  roles: ['trader'],
  disabled: false,
  ...changes,
});

describe.each(Object.keys(STORE_KINDS))('with %s stores', (kind) => {
  let stores: IssuerStores;
  let issuer: Issuer;
  let verify: TokenVerifier;
  let users: User[];
  const clock = { offsetMs: 0 };
  const now = () => Date.now() + clock.offsetMs;
  const access = new LiveAccess(createLocalFeed(), new ExpiryQueue(now), now);

  beforeAll(async () => {
    const create = STORE_KINDS[kind];
    if (create === undefined) throw new Error(`no stores of kind ${kind}`);
    stores = await create();
    users = [user('ada'), user('bob'), user('carl'), user('gone', { disabled: true })];
    const keys = createSigningKeys({ store: stores.keys, rotateEveryMs: 86_400_000, now });
    issuer = createIssuer({
      issuer: URL,
      audience: 'weir',
      users: () => createFixedUsers(users),
      sessions: stores.sessions,
      keys,
      attempts: createLoginAttempts({ counter: stores.attempts, perAccount: 5, perAddress: 30 }),
      access,
      accessTokenTtlMs: 300_000,
      sessionTtlMs: 3_600_000,
      now,
    });
    verify = createTokenVerifier({
      issuers: [
        trust([], { issuer: URL, algorithms: ['ES256'], keys: keys.source, types: ['at+jwt'] }),
      ],
      now,
    });
  });

  afterAll(() => stores.close());

  const login = (username = 'ada', cookies = false, from = origin) =>
    issuer.login({ username, password: PASSWORD, cookies }, from);

  test('a login gives a token of RFC 9068 that verifies', async () => {
    const issued = await login();
    expect(decodeProtectedHeader(issued.accessToken)).toMatchObject({
      typ: 'at+jwt',
      alg: 'ES256',
    });
    await expect(verify(issued.accessToken)).resolves.toMatchObject({
      subject: 'ada',
      roles: ['trader'],
      sessionId: issued.sessionId,
    });
    const claims = decodeJwt(issued.accessToken);
    expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBeCloseTo(300);
    expect(issued).toMatchObject({ expiresInMs: 300_000, csrfToken: undefined });
  });

  test.each([
    ['a wrong password', 'carl', 'wrong'],
    ['no such account', 'nobody', PASSWORD],
    ['a disabled account', 'gone', PASSWORD],
    ['an empty password', 'carl', ''],
    ['a huge password', 'carl', PASSWORD.repeat(100)],
    ['the name of a property', '__proto__', PASSWORD],
  ])('%s is answered like any other', async (_what, username, password) => {
    const attempt = () => issuer.login({ username, password, cookies: false }, origin);
    await expect(attempt()).rejects.toThrow('The user name or the password is wrong.');
  });

  test('a refresh gives new tokens of the same session', async () => {
    const first = await login();
    const second = await issuer.refresh(first.refreshToken, undefined);
    expect(second.sessionId).toBe(first.sessionId);
    expect(second.refreshToken).not.toBe(first.refreshToken);
    expect((await verify(second.accessToken)).tokenId).not.toBe(
      (await verify(first.accessToken)).tokenId,
    );
  });

  test('a refresh token used twice ends its whole session', async () => {
    const first = await login();
    const second = await issuer.refresh(first.refreshToken, undefined);
    expect(await refusalOf(() => issuer.refresh(first.refreshToken, undefined))).toBe(
      WRONG_REFRESH,
    );
    expect(await refusalOf(() => issuer.refresh(second.refreshToken, undefined))).toBe(
      WRONG_REFRESH,
    );
    for (const { accessToken } of [first, second]) {
      const identity = await verify(accessToken);
      expect(await refusalOf(() => access.current(identity))).toBe('UNAUTHENTICATED TOKEN_REVOKED');
    }
  });

  test('of ten refreshes with one token at once, at most one succeeds', async () => {
    const { refreshToken } = await login();
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, () => refusalOf(() => issuer.refresh(refreshToken, undefined))),
    );
    expect(outcomes.filter((outcome) => outcome === 'accepted')).toHaveLength(1);
  });

  test.each(['', 'x', '.', `${'0'.repeat(36)}.${'A'.repeat(43)}`, "' OR 1=1 --."])(
    'the refresh token %j is refused',
    async (token) => {
      expect(await refusalOf(() => issuer.refresh(token, undefined))).toBe(WRONG_REFRESH);
    },
  );

  test('a session in cookies is renewed only with its CSRF token', async () => {
    const issued = await login('ada', true);
    expect((await verify(issued.accessToken)).claims.csh).toBe(
      digestCsrfToken(issued.csrfToken ?? ''),
    );
    const next = await issuer.refresh(issued.refreshToken, issued.csrfToken);
    expect(next.csrfToken).toBe(issued.csrfToken);
    expect(await refusalOf(() => issuer.refresh(next.refreshToken, 'planted'))).toBe(WRONG_REFRESH);
  });

  test('sessions are listed, and ended one by one or all at once', async () => {
    const [first, second, third] = [await login('bob'), await login('bob'), await login('bob')];
    const listed = async () => (await issuer.sessions('bob')).map(({ id }) => id).sort();
    const ids = [first, second, third].map(({ sessionId }) => sessionId);
    expect(await listed()).toEqual([...ids].sort());
    expect((await issuer.sessions('bob'))[0]).toMatchObject({ subject: 'bob', ...origin });
    expect(await issuer.endSession('bob', first.sessionId)).toBe(true);
    expect(await issuer.endSession('bob', first.sessionId)).toBe(false);
    expect(await issuer.endSession('ada', second.sessionId)).toBe(false);
    expect(await listed()).toEqual([second.sessionId, third.sessionId].sort());
    expect(await refusalOf(() => issuer.refresh(first.refreshToken, undefined))).toBe(
      WRONG_REFRESH,
    );
    await issuer.endAllSessions('bob');
    expect(await listed()).toEqual([]);
    expect(await refusalOf(() => issuer.refresh(third.refreshToken, undefined))).toBe(
      WRONG_REFRESH,
    );
    const identity = await verify(third.accessToken);
    expect(await refusalOf(() => access.current(identity))).toBe('UNAUTHENTICATED TOKEN_REVOKED');
    const again = await login('bob');
    const fresh = await verify(again.accessToken);
    expect(await refusalOf(() => access.current(fresh))).toBe('accepted');
  });

  test('who is disabled or gone cannot renew', async () => {
    users.push(user('temp'));
    const { refreshToken } = await login('temp');
    users.pop();
    expect(await refusalOf(() => issuer.refresh(refreshToken, undefined))).toBe(WRONG_REFRESH);
  });

  test('changed roles are in the next token, and count for the ones of before', async () => {
    users.push(user('eve'));
    const before = await login('eve');
    users.pop();
    users.push(user('eve', { roles: ['viewer'] }));
    await issuer.announceRoles('eve', ['viewer']);
    expect(access.current(await verify(before.accessToken)).roles).toEqual(['viewer']);
    const after = await issuer.refresh(before.refreshToken, undefined);
    expect((await verify(after.accessToken)).roles).toEqual(['viewer']);
    users.pop();
  });

  test('attempts are counted by account, whether it exists or not', async () => {
    for (const username of ['victim', 'ghost']) {
      users.push(user('victim'));
      const attempt = (password: string) =>
        refusalOf(() =>
          issuer.login(
            { username, password, cookies: false },
            { ...origin, address: `192.0.2.${username.length}` },
          ),
        );
      const outcomes = await Promise.all(Array.from({ length: 8 }, () => attempt('wrong')));
      expect(outcomes.filter((outcome) => outcome === WRONG_LOGIN)).toHaveLength(5);
      expect(await attempt(PASSWORD)).toBe('RESOURCE_EXHAUSTED Too many attempts to sign in.');
      users.pop();
    }
  });

  test('attempts are counted by address', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 32 }, (_, at) =>
        refusalOf(() =>
          issuer.login(
            { username: `guess-${at}`, password: 'x', cookies: false },
            { address: '198.51.100.7', userAgent: '' },
          ),
        ),
      ),
    );
    expect(outcomes.filter((outcome) => outcome === WRONG_LOGIN)).toHaveLength(30);
  });

  test('a session ends at its time, however often it is renewed', async () => {
    const { refreshToken } = await login();
    clock.offsetMs = 3_600_000 - 100_000;
    const late = await issuer.refresh(refreshToken, undefined);
    expect(late.expiresInMs).toBeLessThanOrEqual(100_000);
    clock.offsetMs = 3_600_001;
    expect(await refusalOf(() => issuer.refresh(late.refreshToken, undefined))).toBe(WRONG_REFRESH);
    clock.offsetMs = 0;
  });
});

test('signing in takes the same time with and without the account', async () => {
  const create = STORE_KINDS.memory;
  if (create === undefined) throw new Error('no memory stores');
  const stores = await create();
  const issuer = createIssuer({
    issuer: URL,
    audience: 'weir',
    users: () => createFixedUsers([user('ada')]),
    sessions: stores.sessions,
    keys: createSigningKeys({ store: stores.keys, rotateEveryMs: 86_400_000 }),
    attempts: createLoginAttempts({ counter: stores.attempts, perAccount: 1e6, perAddress: 1e6 }),
    access: new LiveAccess(createLocalFeed(), new ExpiryQueue()),
    accessTokenTtlMs: 300_000,
    sessionTtlMs: 3_600_000,
  });
  const timeOf = async (username: string) => {
    const started = performance.now();
    await issuer.login({ username, password: 'wrong', cookies: false }, origin).catch(() => {});
    return performance.now() - started;
  };
  const times: Record<'ada' | 'nobody', number[]> = { ada: [], nobody: [] };
  await timeOf('ada');
  for (let round = 0; round < 15; round++) {
    times.ada.push(await timeOf('ada'));
    times.nobody.push(await timeOf('nobody'));
  }
  const median = (values: number[]) => values.sort((a, b) => a - b)[7] ?? 0;
  const ratio = median(times.nobody) / median(times.ada);
  // Without the decoy the ratio is below 0.05; machines under load still keep medians within a half.
  expect(ratio).toBeGreaterThan(0.5);
  expect(ratio).toBeLessThan(2);
});
