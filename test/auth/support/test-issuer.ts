import {
  type CryptoKey,
  exportJWK,
  generateKeyPair,
  generateSecret,
  type JWK,
  type JWTHeaderParameters,
  type JWTPayload,
  SignJWT,
} from 'jose';
import { createFixedKeys } from '../../../src/auth/keys/fixed-keys.ts';
import type { TrustedIssuer } from '../../../src/auth/token/trusted-issuer.ts';
import type { Algorithm } from '../../../src/lib/signature-algorithm.ts';

/** 2026-11-22 12:00:00 UTC, the clock of every test that does not run in real time. */
export const NOW_MS = Date.UTC(2026, 10, 22, 12);
export const ISSUER = 'https://issuer.example';
export const AUDIENCE = 'weir';

export interface TestKey {
  readonly algorithm: Algorithm;
  readonly kid: string;
  readonly signing: CryptoKey | Uint8Array;
  /** The public part, or the secret itself. */
  readonly jwk: JWK;
}

export async function createTestKey(algorithm: Algorithm, kid: string): Promise<TestKey> {
  if (algorithm.startsWith('HS')) {
    const secret = await generateSecret(algorithm, { extractable: true });
    return { algorithm, kid, signing: secret, jwk: { ...(await exportJWK(secret)), kid } };
  }
  const { privateKey, publicKey } = await generateKeyPair(algorithm, { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid, alg: algorithm, use: 'sig' };
  return { algorithm, kid, signing: privateKey, jwk };
}

export interface TokenParts {
  readonly header?: Partial<JWTHeaderParameters>;
  readonly claims?: JWTPayload;
  /** Claims to leave out. */
  readonly without?: readonly string[];
}

/** A token that an issuer of {@link trust} would give at `nowMs`, for five minutes, changed by `parts`. */
export async function signToken(
  key: TestKey,
  parts: TokenParts = {},
  nowMs = NOW_MS,
): Promise<string> {
  const seconds = nowMs / 1000;
  const claims: JWTPayload = {
    iss: ISSUER,
    aud: AUDIENCE,
    sub: 'ada',
    jti: 'token-1',
    iat: seconds,
    exp: seconds + 300,
    ...parts.claims,
  };
  for (const name of parts.without ?? []) delete claims[name];
  return new SignJWT(claims)
    .setProtectedHeader({ alg: key.algorithm, kid: key.kid, typ: 'JWT', ...parts.header })
    .sign(key.signing);
}

/** A compact JWS of exactly this header and payload text, signed with HMAC-SHA-256 or not at all. */
export function compact(header: string, payload: string, signature: string): string {
  const part = (text: string) => Buffer.from(text).toString('base64url');
  return `${part(header)}.${part(payload)}.${signature}`;
}

/** Trust in {@link ISSUER} with these keys, changed by `changes`. */
export function trust(
  keys: readonly TestKey[],
  changes: Partial<TrustedIssuer> = {},
): TrustedIssuer {
  return {
    issuer: ISSUER,
    audiences: [AUDIENCE],
    algorithms: [...new Set(keys.map(({ algorithm }) => algorithm))],
    keys: createFixedKeys(keys.map(({ jwk }) => jwk)),
    types: ['jwt', 'at+jwt', ''],
    clockSkewMs: 0,
    rolesClaim: ['roles'],
    permissionsClaim: ['scope'],
    roleNames: undefined,
    ...changes,
  };
}
