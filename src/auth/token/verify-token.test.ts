import { expect, test } from 'vitest';
import { refusalOf } from '../../../test/auth/support/refusal-of.ts';
import {
  createTestKey,
  ISSUER,
  NOW_MS,
  signToken,
  type TokenParts,
  trust,
} from '../../../test/auth/support/test-issuer.ts';
import { ALGORITHMS } from '../../lib/signature-algorithm.ts';
import type { TrustedIssuer } from './trusted-issuer.ts';
import { createTokenVerifier } from './verify-token.ts';

const now = () => NOW_MS;
const SECONDS = NOW_MS / 1000;
const key = await createTestKey('ES256', 'key-1');

test.each(ALGORITHMS)('%s tokens verify, and not with another key', async (algorithm) => {
  const good = await createTestKey(algorithm, 'same-id');
  const bad = await createTestKey(algorithm, 'same-id');
  const verify = createTokenVerifier({ issuers: [trust([good])], now });
  await expect(verify(await signToken(good))).resolves.toMatchObject({
    proof: 'jwt',
    issuer: ISSUER,
    subject: 'ada',
    tokenId: 'token-1',
    issuedAtMs: NOW_MS,
    expiresAtMs: NOW_MS + 300_000,
  });
  const forged = await signToken(bad);
  expect(await refusalOf(() => verify(forged))).toBe('UNAUTHENTICATED TOKEN_SIGNATURE_WRONG');
});

const RULES: readonly [
  rule: string,
  parts: TokenParts,
  trusted: Partial<TrustedIssuer>,
  expected: string,
][] = [
  ['expired now', { claims: { exp: SECONDS } }, {}, 'TOKEN_EXPIRED'],
  ['expires in a second', { claims: { exp: SECONDS + 1 } }, {}, 'accepted'],
  [
    'expired within the skew',
    { claims: { exp: SECONDS - 29 } },
    { clockSkewMs: 30_000 },
    'accepted',
  ],
  ['past the skew', { claims: { exp: SECONDS - 30 } }, { clockSkewMs: 30_000 }, 'TOKEN_EXPIRED'],
  ['no exp', { without: ['exp'] }, {}, 'TOKEN_CLAIM_MISSING'],
  ['begins now', { claims: { nbf: SECONDS } }, {}, 'accepted'],
  ['begins later', { claims: { nbf: SECONDS + 1 } }, {}, 'TOKEN_NOT_YET_VALID'],
  ['begins within skew', { claims: { nbf: SECONDS + 30 } }, { clockSkewMs: 30_000 }, 'accepted'],
  ['issued in the future', { claims: { iat: SECONDS + 60 } }, {}, 'TOKEN_NOT_YET_VALID'],
  ['no iat', { without: ['iat'] }, {}, 'accepted'],
  ['no sub', { without: ['sub'] }, {}, 'TOKEN_CLAIM_MISSING'],
  ['empty sub', { claims: { sub: '' } }, {}, 'TOKEN_CLAIM_MALFORMED'],
  ['no aud', { without: ['aud'] }, {}, 'TOKEN_AUDIENCE_WRONG'],
  ['other aud', { claims: { aud: 'other' } }, {}, 'TOKEN_AUDIENCE_WRONG'],
  ['one of several aud', { claims: { aud: ['other', 'weir'] } }, {}, 'accepted'],
  ['aud as a prefix', { claims: { aud: 'weir2' } }, {}, 'TOKEN_AUDIENCE_WRONG'],
  ['no iss', { without: ['iss'] }, {}, 'TOKEN_ISSUER_UNKNOWN'],
  ['other iss', { claims: { iss: 'https://evil.example' } }, {}, 'TOKEN_ISSUER_UNKNOWN'],
  ['iss with a slash more', { claims: { iss: `${ISSUER}/` } }, {}, 'TOKEN_ISSUER_UNKNOWN'],
  ['typ of an ID token', { header: { typ: 'id+jwt' } }, {}, 'TOKEN_TYPE_REFUSED'],
  ['typ in full', { header: { typ: 'application/AT+JWT' } }, {}, 'accepted'],
  ['typ required', { header: { typ: 'JWT' } }, { types: ['at+jwt'] }, 'TOKEN_TYPE_REFUSED'],
  ['unknown kid', { header: { kid: 'key-2' } }, {}, 'TOKEN_KEY_UNKNOWN'],
  ['algorithm not on the list', {}, { algorithms: ['RS256'] }, 'TOKEN_ALGORITHM_REFUSED'],
];

test.each(RULES)('%s', async (_rule, parts, trusted, expected) => {
  const verify = createTokenVerifier({ issuers: [trust([key], trusted)], now });
  const token = await signToken(key, parts);
  const outcome = await refusalOf(() => verify(token));
  expect(outcome.replace('UNAUTHENTICATED ', '')).toBe(expected);
});

test.each(['exp', 'nbf', 'iat'])('a %s that is text is refused', async (name) => {
  const verify = createTokenVerifier({ issuers: [trust([key])], now });
  const token = await signToken(key, { claims: { [name]: `${SECONDS}` } });
  expect(await refusalOf(() => verify(token))).toBe('UNAUTHENTICATED TOKEN_CLAIM_MALFORMED');
});

test.each([
  [''],
  ['a'],
  ['a.b'],
  ['a.b.c'],
  ['a.b.c.d'],
  ['..'],
  [`${Buffer.from('[]').toString('base64url')}.e30.AA`],
  [`${Buffer.from('"x"').toString('base64url')}.e30.AA`],
  [`${Buffer.from('{"alg":"ES256"}').toString('base64')}.e30.AA=`],
  [`${Buffer.from([0x7b, 0xff, 0x7d]).toString('base64url')}.e30.AA`],
])('%j is malformed', async (token) => {
  const verify = createTokenVerifier({ issuers: [trust([key])], now });
  expect(await refusalOf(() => verify(token))).toBe('UNAUTHENTICATED TOKEN_MALFORMED');
});

test('each issuer is held to its own keys, audience and algorithms', async () => {
  const other = await createTestKey('RS256', 'key-1');
  const OTHER_ISSUER = 'https://other.example';
  const verify = createTokenVerifier({
    issuers: [trust([key]), trust([other], { issuer: OTHER_ISSUER, audiences: ['elsewhere'] })],
    now,
  });
  const claims = { iss: OTHER_ISSUER, aud: 'elsewhere' };
  await expect(verify(await signToken(other, { claims }))).resolves.toMatchObject({
    issuer: OTHER_ISSUER,
  });
  const crossed = await signToken(key, { claims });
  expect(await refusalOf(() => verify(crossed))).toBe('UNAUTHENTICATED TOKEN_ALGORITHM_REFUSED');
});

test.each([
  [{ roles: ['trader', 'viewer'] }, {}, ['trader', 'viewer'], []],
  [{ roles: 'trader' }, {}, ['trader'], []],
  [{ roles: { trader: true } }, {}, [], []],
  [{ roles: ['trader', 7, '', null] }, {}, ['trader'], []],
  [{ scope: 'orders:read orders:write' }, {}, [], ['orders:read', 'orders:write']],
  [
    { realm_access: { roles: ['trader'] } },
    { rolesClaim: ['realm_access', 'roles'] },
    ['trader'],
    [],
  ],
  [
    { roles: ['ext-trader', 'admin'] },
    { roleNames: new Map([['ext-trader', 'trader']]) },
    ['trader'],
    [],
  ],
  [{}, { rolesClaim: ['constructor', 'name'] }, [], []],
])(
  'claims %j grant with %j the roles %j and permissions %j',
  async (claims, trusted, roles, permissions) => {
    const verify = createTokenVerifier({ issuers: [trust([key], trusted)], now });
    await expect(verify(await signToken(key, { claims }))).resolves.toMatchObject({
      roles,
      permissions,
    });
  },
);
