import { createLocalJWKSet, jwtVerify } from 'jose';
import { expect, test } from 'vitest';
import {
  createIdentityTokens,
  createPlainIdentity,
  isReservedMetadata,
} from './backend-identity.ts';
import { ANONYMOUS, type Identity } from './identity.ts';
import { createMemorySigningKeys } from './issuer/signing-key-store.ts';
import { createSigningKeys } from './issuer/signing-keys.ts';

const ada: Identity = Object.freeze({
  ...ANONYMOUS,
  proof: 'jwt',
  issuer: 'https://issuer.example',
  subject: 'ada',
  roles: ['trader', 'viewer'],
  tokenId: 't1',
});

test('plain metadata names the caller, and nobody for nobody', () => {
  const describe = createPlainIdentity();
  expect(describe(ada, 'orders')).toEqual([
    ['x-weir-subject', 'ada'],
    ['x-weir-issuer', 'https://issuer.example'],
    ['x-weir-roles', 'trader,viewer'],
  ]);
  expect(describe(ada, 'orders')).toBe(describe(ada, 'market'));
  expect(describe(ANONYMOUS, 'orders')).toEqual([]);
});

test.each([
  ['ada lovelace', 'ada%20lovelace'],
  ['a\r\nx-weir-roles: admin', 'a%0D%0Ax-weir-roles:%20admin'],
  ['Zoë', 'Zo%C3%AB'],
  ['100%', '100%25'],
  ['a,b', 'a%2Cb'],
  ['😀', '%F0%9F%98%80'],
])('the subject %j travels as %s', async (subject, expected) => {
  const metadata = await createPlainIdentity()({ ...ada, subject }, 'orders');
  expect(metadata[0]).toEqual(['x-weir-subject', expected]);
});

test('an identity token verifies for its upstream only, and is made once while it is young', async () => {
  const clock = { nowMs: Date.now() };
  const keys = createSigningKeys({ store: createMemorySigningKeys(), rotateEveryMs: 86_400_000 });
  const describe = createIdentityTokens({ issuer: 'weir', keys, now: () => clock.nowMs });
  const first = await describe(ada, 'orders');
  expect(describe(ada, 'orders')).toBe(first);
  expect(await describe(ada, 'market')).not.toEqual(first);
  const published = await keys.published();
  const jwks = createLocalJWKSet({ keys: [...published.keys] });
  const verify = (audience: string) =>
    jwtVerify(first[0]?.[1] ?? '', jwks, { issuer: 'weir', audience, typ: 'weir-identity+jwt' });
  const { payload } = await verify('orders');
  expect(payload).toMatchObject({ sub: 'ada', roles: ['trader', 'viewer'], amr: ['jwt'] });
  await expect(verify('market')).rejects.toThrow('aud');
  clock.nowMs += 30_000;
  expect(await describe(ada, 'orders')).not.toEqual(first);
  expect(await describe(ANONYMOUS, 'orders')).toEqual([]);
});

test('an identity token does not outlive what it stands for', async () => {
  const keys = createSigningKeys({ store: createMemorySigningKeys(), rotateEveryMs: 86_400_000 });
  const describe = createIdentityTokens({ issuer: 'weir', keys });
  const expiresAtMs = Date.now() + 5_000;
  const metadata = await describe({ ...ada, expiresAtMs }, 'orders');
  const claims = JSON.parse(
    Buffer.from(metadata[0]?.[1].split('.')[1] ?? '', 'base64url').toString(),
  );
  expect(claims.exp).toBe(Math.ceil(expiresAtMs / 1000));
});

test.each([
  'x-weir-identity',
  'X-Weir-Subject',
  'x_weir_subject',
  'authorization',
  'cookie',
  'x-api-key',
  'x-forwarded-for',
  'x-forwarded-user',
  'forwarded',
  'x-real-ip',
  'x-user-id',
  'x-auth-request-user',
  'x-remote-user',
  'x-envoy-peer-metadata',
  'grpc-timeout',
  ':authority',
])('%s is never taken from a caller', (name) => {
  expect(isReservedMetadata(name)).toBe(true);
});

test.each(['accept-language', 'x-tenant', 'traceparent', 'user-agent', 'x-request-id'])(
  '%s may be',
  (name) => {
    expect(isReservedMetadata(name)).toBe(false);
  },
);
