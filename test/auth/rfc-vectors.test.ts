import type { JWK } from 'jose';
import { expect, test } from 'vitest';
import { createFixedKeys } from '../../src/auth/keys/fixed-keys.ts';
import { KeySet } from '../../src/auth/keys/key-set.ts';
import { checkClaims } from '../../src/auth/token/check-claims.ts';
import { readToken } from '../../src/auth/token/read-token.ts';
import { verifySignature } from '../../src/auth/token/verify-signature.ts';
import { createTokenVerifier } from '../../src/auth/token/verify-token.ts';
import type { Algorithm } from '../../src/lib/signature-algorithm.ts';
import { refusalOf } from './support/refusal-of.ts';
import { trust } from './support/test-issuer.ts';

/** The examples of the RFCs, each behaving as its RFC says. */

const JOE =
  'eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ';
const HS256_KEY: JWK = {
  kty: 'oct',
  k: 'AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow',
};
const RS256_KEY: JWK = {
  kty: 'RSA',
  n: 'ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ',
  e: 'AQAB',
};
const ES256_KEY: JWK = {
  kty: 'EC',
  crv: 'P-256',
  x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
  y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
};
const ES512_KEY: JWK = {
  kty: 'EC',
  crv: 'P-521',
  x: 'AekpBQ8ST8a8VcfVOTNl353vSrDCLLJXmPk06wTjxrrjcBpXp5EOnYG_NjFZ6OvLFV1jSfS9tsz4qUxcWceqwQGk',
  y: 'ADSmRA43Z1DSNx_RvcLI87cdL07l6jQyyBXMoxVg_l2Th-x3S1WDhjDly79ajL4Kkd0AZMaZmh9ubmf63e3kyMj2',
};
const ED25519_KEY: JWK = {
  kty: 'OKP',
  crv: 'Ed25519',
  x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
};

const SIGNED: readonly [
  where: string,
  algorithm: Algorithm,
  key: JWK,
  token: string,
  payload: string,
][] = [
  [
    'RFC 7515 A.1, RFC 7519 3.1',
    'HS256',
    HS256_KEY,
    `eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.${JOE}.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk`,
    'joe',
  ],
  [
    'RFC 7515 A.2',
    'RS256',
    RS256_KEY,
    `eyJhbGciOiJSUzI1NiJ9.${JOE}.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw`,
    'joe',
  ],
  [
    'RFC 7515 A.3',
    'ES256',
    ES256_KEY,
    `eyJhbGciOiJFUzI1NiJ9.${JOE}.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q`,
    'joe',
  ],
  [
    'RFC 7515 A.4',
    'ES512',
    ES512_KEY,
    'eyJhbGciOiJFUzUxMiJ9.UGF5bG9hZA.AdwMgeerwtHoh-l192l60hp9wAHZFVJbLfD_UxMi70cwnZOYaRI1bKPWROc-mZZqwqT2SI-KGDKB34XO0aw_7XdtAG8GaSwFKdCAPZgoXD2YBJZCPEX3xKpRwcdOO8KpEHwJjyqOgzDO7iKvU8vcnwNrmxYbSW9ERBXukOXolLzeO_Jn',
    'Payload',
  ],
  [
    'RFC 8037 A.4, A.5',
    'EdDSA',
    ED25519_KEY,
    'eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg',
    'Example of Ed25519 signing',
  ],
];

test.each(SIGNED)(
  '%s: the %s signature verifies',
  async (_where, algorithm, jwk, token, payload) => {
    const key = await createFixedKeys([jwk]).find(
      { alg: algorithm, kid: undefined, typ: undefined },
      algorithm,
    );
    const verified = Buffer.from(await verifySignature(token, key, algorithm)).toString();
    expect(verified).toContain(payload);
  },
);

test.each(SIGNED)('%s: one changed bit is refused', async (_where, algorithm, jwk, token) => {
  const key = await createFixedKeys([jwk]).find(
    { alg: algorithm, kid: undefined, typ: undefined },
    algorithm,
  );
  const [header, payload, signature = ''] = token.split('.');
  const bytes = Buffer.from(signature, 'base64url');
  bytes.writeUInt8(bytes.readUInt8(10) ^ 1, 10);
  const changed = `${header}.${payload}.${bytes.toString('base64url')}`;
  expect(await refusalOf(() => verifySignature(changed, key, algorithm))).toBe(
    'UNAUTHENTICATED TOKEN_SIGNATURE_WRONG',
  );
});

test('RFC 7518 3.4: an ECDSA signature is R and S side by side, not DER', async () => {
  const [, algorithm, jwk, token = ''] = SIGNED[2] ?? [];
  expect(algorithm).toBe('ES256');
  const header = { alg: 'ES256', kid: undefined, typ: undefined };
  const key = await createFixedKeys([jwk ?? {}]).find(header, 'ES256');
  const [protectedHeader, payload, signature = ''] = token.split('.');
  const raw = Buffer.from(signature, 'base64url');
  const integer = (bytes: Buffer) => {
    const positive = bytes.readUInt8(0) < 0x80 ? bytes : Buffer.concat([Buffer.of(0), bytes]);
    return Buffer.concat([Buffer.of(0x02, positive.length), positive]);
  };
  const both = Buffer.concat([integer(raw.subarray(0, 32)), integer(raw.subarray(32))]);
  const der = Buffer.concat([Buffer.of(0x30, both.length), both]).toString('base64url');
  const attempt = () => verifySignature(`${protectedHeader}.${payload}.${der}`, key, 'ES256');
  expect(await refusalOf(attempt)).toBe('UNAUTHENTICATED TOKEN_SIGNATURE_WRONG');
});

const joe = trust([], {
  issuer: 'joe',
  algorithms: ['HS256', 'RS256', 'ES256'],
  keys: createFixedKeys([HS256_KEY, RS256_KEY, ES256_KEY]),
});
const JWTS = SIGNED.slice(0, 3).map(([where, , , token]) => [where, token] as const);

test.each(JWTS)(
  '%s: as a JWT it names no audience, so nobody may take it',
  async (_where, token) => {
    const verify = createTokenVerifier({ issuers: [joe], now: () => 1_300_819_000_000 });
    expect(await refusalOf(() => verify(token))).toBe('UNAUTHENTICATED TOKEN_AUDIENCE_WRONG');
  },
);

test.each([
  [1_300_819_379_999, 'accepted'],
  [1_300_819_380_000, 'UNAUTHENTICATED TOKEN_EXPIRED'],
])('RFC 7519 3.1, 4.1.4: the claims at %d are %s', async (nowMs, expected) => {
  const [, token] = JWTS[0] ?? ['', ''];
  const { header, claims } = readToken(token, 8_192);
  const complete = { header, claims: { ...claims, aud: 'weir', sub: 'joe' } };
  expect(claims).toEqual({ iss: 'joe', exp: 1_300_819_380, 'http://example.com/is_root': true });
  expect(await refusalOf(() => checkClaims(complete, joe, nowMs))).toBe(expected);
});

test('RFC 7515 A.5, RFC 7519 6.1: the unsecured JWT is refused', async () => {
  const verify = createTokenVerifier({ issuers: [joe] });
  const token = `eyJhbGciOiJub25lIn0.${JOE}.`;
  expect(await refusalOf(() => verify(token))).toBe('UNAUTHENTICATED TOKEN_ALGORITHM_REFUSED');
});

test('RFC 7515 E: the header with an unknown critical parameter is refused', async () => {
  const verify = createTokenVerifier({ issuers: [joe] });
  const token =
    'eyJhbGciOiJub25lIiwNCiAiY3JpdCI6WyJodHRwOi8vZXhhbXBsZS5jb20vVU5ERUZJTkVEIl0sDQogImh0dHA6Ly9leGFtcGxlLmNvbS9VTkRFRklORUQiOnRydWUNCn0.RkFJTA.';
  expect(await refusalOf(() => verify(token))).toBe('UNAUTHENTICATED TOKEN_HEADER_REFUSED');
});

test('RFC 7519 A.1: the encrypted JWT is refused', async () => {
  const verify = createTokenVerifier({ issuers: [joe] });
  const token =
    'eyJhbGciOiJSU0ExXzUiLCJlbmMiOiJBMTI4Q0JDLUhTMjU2In0.QR1Owv2ug2WyPBnbQrRARTeEk9kDO2w8qDcjiHnSJflSdv1iNqhWXaKH4MqAkQtMoNfABIPJaZm0HaA415sv3aeuBWnD8J-Ui7Ah6cWafs3ZwwFKDFUUsWHSK-IPKxLGTkND09XyjORj_CHAgOPJ-Sd8ONQRnJvWn_hXV1BNMHzUjPyYwEsRhDhzjAD26imasOTsgruobpYGoQcXUwFDn7moXPRfDE8-NoQX7N7ZYMmpUDkR-Cx9obNGwJQ3nM52YCitxoQVPzjbl7WBuB7AohdBoZOdZ24WlN1lVIeh8v1K4krB8xgKvRU8kgFrEn_a1rZgN5TiysnmzTROF869lQ.AxY8DCtDaGlsbGljb3RoZQ.MKOle7UQrG6nSxTLX6Mqwt0orbHvAKeWnDYvpIAeZ72deHxz3roJDXQyhxx0wKaMHDjUEOKIwrtkHthpqEanSBNYHZgmNOV7sln1Eu9g3J8.fiK51VwhsxJ-siBMR-YFiA';
  expect(await refusalOf(() => verify(token))).toBe('UNAUTHENTICATED TOKEN_MALFORMED');
});

test.each([
  [
    '4.1, encoded payload',
    'eyJhbGciOiJIUzI1NiJ9.JC4wMg.5mvfOroL-g7HyqJoozehmsaqmvTYGEq5jTI1gVvoEoQ',
    'TOKEN_MALFORMED',
  ],
  [
    '4.2, detached payload',
    'eyJhbGciOiJIUzI1NiIsImI2NCI6ZmFsc2UsImNyaXQiOlsiYjY0Il19..A5dxf2s96_n5FLueVuW1Z_vh161FwXZC4YLPff6dmDY',
    'TOKEN_MALFORMED',
  ],
  [
    '4.2, payload put back',
    'eyJhbGciOiJIUzI1NiIsImI2NCI6ZmFsc2UsImNyaXQiOlsiYjY0Il19.JC4wMg.A5dxf2s96_n5FLueVuW1Z_vh161FwXZC4YLPff6dmDY',
    'TOKEN_HEADER_REFUSED',
  ],
])('RFC 7797 %s: no JWT, so refused as one (section 7)', async (_where, token, reason) => {
  const verify = createTokenVerifier({ issuers: [joe] });
  expect(await refusalOf(() => verify(token))).toBe(`UNAUTHENTICATED ${reason}`);
});

test('RFC 7797 4.1: the signature of the encoded payload verifies as a JWS', async () => {
  const key = await createFixedKeys([HS256_KEY]).find(
    { alg: 'HS256', kid: undefined, typ: undefined },
    'HS256',
  );
  const token = 'eyJhbGciOiJIUzI1NiJ9.JC4wMg.5mvfOroL-g7HyqJoozehmsaqmvTYGEq5jTI1gVvoEoQ';
  expect(Buffer.from(await verifySignature(token, key, 'HS256')).toString()).toBe('$.02');
});

const PUBLIC_SET = JSON.stringify({
  keys: [
    {
      kty: 'EC',
      crv: 'P-256',
      x: 'MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4',
      y: '4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM',
      use: 'enc',
      kid: '1',
    },
    {
      kty: 'RSA',
      n: '0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw',
      e: 'AQAB',
      alg: 'RS256',
      kid: '2011-04-29',
    },
  ],
});

test.each<[kid: string, algorithm: Algorithm, found: boolean]>([
  ['2011-04-29', 'RS256', true],
  ['2011-04-29', 'PS256', false],
  ['1', 'ES256', false],
])('RFC 7517 A.1: key %s serves %s: %s', (kid, algorithm, found) => {
  const key = KeySet.parsePublic(PUBLIC_SET).find(
    { alg: algorithm, kid, typ: undefined },
    algorithm,
  );
  expect(key !== undefined).toBe(found);
});

test('RFC 7517 A.3: shared secrets in a public set are passed over', () => {
  const set = KeySet.parsePublic(
    JSON.stringify({
      keys: [{ ...HS256_KEY, kid: 'HMAC key used in JWS spec Appendix A.1 example' }],
    }),
  );
  const header = { alg: 'HS256', kid: undefined, typ: undefined };
  expect(set.find(header, 'HS256')).toBeUndefined();
});

test('RFC 7517 5: members of a set that are not understood are passed over', () => {
  const set = KeySet.parsePublic(
    JSON.stringify({ keys: [{ kty: 'unheard-of' }, null, 7, 'x', ES256_KEY], more: true }),
  );
  expect(set.find({ alg: 'ES256', kid: undefined, typ: undefined }, 'ES256')).toBeDefined();
});

test.each(['', '[]', '{}', '{"keys":{}}', 'null'])('RFC 7517 5: %j is no JWK Set', (text) => {
  expect(() => KeySet.parsePublic(text)).toThrow();
});
