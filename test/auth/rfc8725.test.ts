import { createHmac } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import { CompactSign, exportSPKI, importJWK } from 'jose';
import { expect, test } from 'vitest';
import { createFixedKeys, secretToJwk } from '../../src/auth/keys/fixed-keys.ts';
import { createTokenVerifier } from '../../src/auth/token/verify-token.ts';
import { refusalOf } from './support/refusal-of.ts';
import {
  AUDIENCE,
  compact,
  createTestKey,
  ISSUER,
  NOW_MS,
  signToken,
  trust,
} from './support/test-issuer.ts';

/** JSON Web Token Best Current Practices, https://www.rfc-editor.org/rfc/rfc8725: an attack a test. */

const now = () => NOW_MS;
const rsa = await createTestKey('RS256', 'rsa');
const ec = await createTestKey('ES256', 'ec');
const verify = createTokenVerifier({ issuers: [trust([rsa, ec])], now });
const PAYLOAD = JSON.stringify({
  iss: ISSUER,
  aud: AUDIENCE,
  sub: 'mallory',
  exp: NOW_MS / 1000 + 300,
});

const hmac = (secret: string | Uint8Array, input: string) =>
  createHmac('sha256', secret).update(input).digest('base64url');

test.each(['none', 'None', 'NONE', 'nOnE'])(
  '2.1: a token with alg %s is refused, signed or not',
  async (alg) => {
    for (const signature of ['', 'AAAA']) {
      const token = compact(JSON.stringify({ alg }), PAYLOAD, signature);
      expect(await refusalOf(() => verify(token))).toBe('UNAUTHENTICATED TOKEN_ALGORITHM_REFUSED');
    }
  },
);

test('2.1: a stripped signature is refused', async () => {
  const [header, payload] = (await signToken(ec)).split('.');
  expect(await refusalOf(() => verify(`${header}.${payload}.`))).toBe(
    'UNAUTHENTICATED TOKEN_MALFORMED',
  );
});

test('2.1: an RSA public key is never an HMAC secret', async () => {
  const both = createTokenVerifier({
    issuers: [trust([rsa], { algorithms: ['RS256', 'HS256'] })],
    now,
  });
  const imported = await importJWK(rsa.jwk, 'RS256');
  const pem = imported instanceof Uint8Array ? '' : await exportSPKI(imported);
  expect(pem).toContain('PUBLIC KEY');
  const header = JSON.stringify({ alg: 'HS256', kid: 'rsa' });
  const unsigned = compact(header, PAYLOAD, '').slice(0, -1);
  for (const secret of [pem, pem.trim(), JSON.stringify(rsa.jwk), rsa.jwk.n ?? '']) {
    const token = `${unsigned}.${hmac(secret, unsigned)}`;
    expect(await refusalOf(() => both(token))).toBe('UNAUTHENTICATED TOKEN_KEY_UNKNOWN');
    expect(await refusalOf(() => verify(token))).toBe('UNAUTHENTICATED TOKEN_ALGORITHM_REFUSED');
  }
});

test('2.2: a shared secret shorter than its hash is refused (RFC 7518 section 3.2)', async () => {
  const secret = 'password';
  const weak = createTokenVerifier({
    issuers: [
      trust([], { algorithms: ['HS256'], keys: createFixedKeys([secretToJwk(secret, 'weak')]) }),
    ],
    now,
  });
  const unsigned = compact('{"alg":"HS256","kid":"weak"}', PAYLOAD, '').slice(0, -1);
  const token = `${unsigned}.${hmac(secret, unsigned)}`;
  expect(await refusalOf(() => weak(token))).toBe('UNAUTHENTICATED TOKEN_KEY_UNKNOWN');
});

test('2.2: an RSA key below 2048 bits is refused (RFC 7518 section 3.3)', async () => {
  const jwk = {
    kty: 'RSA',
    kid: 'short',
    e: 'AQAB',
    n: Buffer.alloc(128, 0xa5).toString('base64url'),
  };
  const short = createTokenVerifier({
    issuers: [trust([], { algorithms: ['RS256'], keys: createFixedKeys([jwk]) })],
    now,
  });
  const token = compact('{"alg":"RS256","kid":"short"}', PAYLOAD, 'AAAA');
  expect(await refusalOf(() => short(token))).toBe('UNAUTHENTICATED TOKEN_KEY_UNKNOWN');
});

test('2.3: an encrypted token is refused', async () => {
  expect(await refusalOf(() => verify('e30.AA.AA.AA.AA'))).toBe('UNAUTHENTICATED TOKEN_MALFORMED');
});

test('2.4: a signature of r and s zero is refused (CVE-2022-21449)', async () => {
  const token = compact(
    '{"alg":"ES256","kid":"ec"}',
    PAYLOAD,
    Buffer.alloc(64).toString('base64url'),
  );
  expect(await refusalOf(() => verify(token))).toBe('UNAUTHENTICATED TOKEN_SIGNATURE_WRONG');
});

test('2.6: duplicate claims and duplicate header parameters are refused', async () => {
  const double = `${PAYLOAD.slice(0, -1)},"sub":"admin"}`;
  const signing = ec.signing;
  const signed = await new CompactSign(Buffer.from(double))
    .setProtectedHeader({ alg: 'ES256', kid: 'ec' })
    .sign(signing);
  expect(await refusalOf(() => verify(signed))).toBe('UNAUTHENTICATED TOKEN_MALFORMED');
  const header = compact('{"alg":"ES256","kid":"ec","alg":"none"}', PAYLOAD, 'AAAA');
  expect(await refusalOf(() => verify(header))).toBe('UNAUTHENTICATED TOKEN_MALFORMED');
});

test('2.6: a payload that is not UTF-8 is refused', async () => {
  const token = `${Buffer.from('{"alg":"ES256"}').toString('base64url')}.${Buffer.from([0x7b, 0x22, 0xc3, 0x28, 0x22, 0x7d]).toString('base64url')}.AAAA`;
  expect(await refusalOf(() => verify(token))).toBe('UNAUTHENTICATED TOKEN_MALFORMED');
});

test('2.7: a token for another service is refused', async () => {
  const token = await signToken(ec, { claims: { aud: 'payroll' } });
  expect(await refusalOf(() => verify(token))).toBe('UNAUTHENTICATED TOKEN_AUDIENCE_WRONG');
});

test('2.8: a token of another kind by the same issuer is refused', async () => {
  for (const typ of ['logout+jwt', 'dpop+jwt', 'secevent+jwt']) {
    const token = await signToken(ec, { header: { typ } });
    expect(await refusalOf(() => verify(token))).toBe('UNAUTHENTICATED TOKEN_TYPE_REFUSED');
  }
});

test.each(['jwk', 'jku', 'x5u', 'x5c'])(
  '3.5, 3.10: a token that brings its key by "%s" is refused',
  async (name) => {
    const mallory = await createTestKey('ES256', 'mallory');
    const brought = {
      jwk: mallory.jwk,
      jku: 'https://evil.example/jwks.json',
      x5u: 'http://169.254.169.254/latest/meta-data',
      x5c: ['AA=='],
    }[name];
    const token = await signToken(mallory, { header: { [name]: brought } });
    expect(await refusalOf(() => verify(token))).toBe('UNAUTHENTICATED TOKEN_HEADER_REFUSED');
  },
);

test.each([
  '../../../../dev/null',
  "ec' OR '1'='1",
  '__proto__',
  'constructor',
  'ec.pem',
  'x'.repeat(256),
])('3.10: the kid %j finds no key', async (kid) => {
  const token = await signToken(ec, { header: { kid } });
  expect(await refusalOf(() => verify(token))).toMatch(
    /^UNAUTHENTICATED TOKEN_(KEY_UNKNOWN|HEADER_REFUSED)$/,
  );
});

test.each(['', 'a b', 'a\u0000b', 'a\nb', 'é', 'x'.repeat(257)])(
  '3.10: the kid %j is refused as such',
  async (kid) => {
    const token = await signToken(ec, { header: { kid } });
    expect(await refusalOf(() => verify(token))).toBe('UNAUTHENTICATED TOKEN_HEADER_REFUSED');
  },
);

test.each([[['exp']], [['b64']], [['x-unknown']], [[]], ['exp']])(
  'RFC 7515 4.1.11: crit %j is refused',
  async (crit) => {
    const token = compact(JSON.stringify({ alg: 'ES256', kid: 'ec', crit }), PAYLOAD, 'AAAA');
    expect(await refusalOf(() => verify(token))).toBe('UNAUTHENTICATED TOKEN_HEADER_REFUSED');
  },
);

test('3.6: a compressed token is refused', async () => {
  const payload = deflateRawSync(PAYLOAD).toString('base64url');
  const header = Buffer.from('{"alg":"ES256","kid":"ec","zip":"DEF"}').toString('base64url');
  expect(await refusalOf(() => verify(`${header}.${payload}.AAAA`))).toBe(
    'UNAUTHENTICATED TOKEN_HEADER_REFUSED',
  );
});

test('a huge token is refused before it is looked at', async () => {
  const token = await signToken(ec, { claims: { padding: 'x'.repeat(8_192) } });
  expect(await refusalOf(() => verify(token))).toBe('UNAUTHENTICATED TOKEN_TOO_LARGE');
  const bomb = `${'['.repeat(1_000_000)}.e30.AA`;
  expect(await refusalOf(() => verify(bomb))).toBe('UNAUTHENTICATED TOKEN_TOO_LARGE');
});

test('3.1: a key made for one algorithm is not used for another', async () => {
  const both = createTokenVerifier({
    issuers: [trust([rsa], { algorithms: ['RS256', 'PS256'] })],
    now,
  });
  const token = compact('{"alg":"PS256","kid":"rsa"}', PAYLOAD, 'AAAA');
  expect(await refusalOf(() => both(token))).toBe('UNAUTHENTICATED TOKEN_KEY_UNKNOWN');
});

test('3.1: a key for encryption is not used for signatures', async () => {
  const keys = createFixedKeys([{ ...ec.jwk, use: 'enc' }]);
  const strict = createTokenVerifier({ issuers: [trust([ec], { keys })], now });
  const token = await signToken(ec);
  expect(await refusalOf(() => strict(token))).toBe('UNAUTHENTICATED TOKEN_KEY_UNKNOWN');
});
