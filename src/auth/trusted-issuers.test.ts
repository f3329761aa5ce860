import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { createTestKey, ISSUER, signToken } from '../../test/auth/support/test-issuer.ts';
import type { AuthConfig } from '../config/schema.ts';
import { createTokenVerifier } from './token/verify-token.ts';
import { toTrustedIssuer } from './trusted-issuers.ts';

const folder = mkdtempSync(join(tmpdir(), 'weir-keys-'));
afterAll(() => rmSync(folder, { recursive: true }));

type IssuerConfig = AuthConfig['issuers'][number];

const base: IssuerConfig = {
  issuer: ISSUER,
  audiences: ['weir'],
  algorithms: ['ES256'],
  keys: { file: join(folder, 'absent.json') },
  clockSkew: 0,
  types: ['JWT'],
  rolesClaim: 'realm_access.roles',
  permissionsClaim: 'scope',
};

function write(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

test('keys from a file, roles by a path and under our names', async () => {
  const key = await createTestKey('ES256', 'k1');
  const file = write('keys.json', JSON.stringify({ keys: [key.jwk] }));
  const issuer = toTrustedIssuer(
    { ...base, keys: { file }, roleNames: { 'desk-trader': 'trader' } },
    () => {},
  );
  const verify = createTokenVerifier({ issuers: [issuer] });
  const claims = { realm_access: { roles: ['desk-trader', 'admin'] }, scope: 'a b' };
  await expect(verify(await signToken(key, { claims }, Date.now()))).resolves.toMatchObject({
    roles: ['trader'],
    permissions: ['a', 'b'],
  });
});

test.each<[what: string, changes: Partial<IssuerConfig>, message: RegExp]>([
  [
    'a secret for public keys',
    { algorithms: ['HS256', 'RS256'], keys: { secret: 'x'.repeat(64) } },
    /RS256 cannot be used; a shared secret serves HS/,
  ],
  ['HS with public keys', { algorithms: ['ES256', 'HS256'] }, /HS256 cannot be used; HS needs/],
  ['a file that is not there', {}, /absent\.json is not a JWK Set/],
  ['a file of something else', { keys: { file: write('other.json', '[]') } }, /not a JWK Set/],
])('%s is refused at the start', (_what, changes, message) => {
  expect(() => toTrustedIssuer({ ...base, ...changes }, () => {})).toThrow(message);
});
