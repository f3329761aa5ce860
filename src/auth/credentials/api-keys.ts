import { hash, randomBytes, timingSafeEqual } from 'node:crypto';
import { UserError } from '../../lib/user-error.ts';
import type { Identity } from '../identity.ts';
import { unauthenticated } from '../refusal.ts';

/** One API key as it is stored: the key itself cannot be got back from it. */
export interface ApiKeyRecord {
  /** Public; the part of the key between `weir_` and the second underscore. */
  readonly id: string;
  /** SHA-256 of the whole key, base64url. A plain hash does, because the key is 256 random bits. */
  readonly digest: string;
  readonly subject: string;
  readonly roles: readonly string[];
  readonly permissions: readonly string[];
  /** Milliseconds since the epoch. */
  readonly expiresAtMs: number | undefined;
}

export const API_KEY_ISSUER = 'weir:api-key';

const KEY = /^weir_([A-Za-z0-9-]{1,64})_[A-Za-z0-9_-]{43}$/;

/**
 * Makes a key `weir_<id>_<256 random bits>`. Show `key` once, store `digest`.
 * @throws UserError for an id that the configuration would not take either.
 */
export function createApiKey(id: string): { readonly key: string; readonly digest: string } {
  const key = `weir_${id}_${randomBytes(32).toString('base64url')}`;
  if (!KEY.test(key)) {
    throw new UserError(
      `"${id}" cannot name an API key; expected 1 to 64 letters, digits and dashes.`,
    );
  }
  return { key, digest: digestOf(key) };
}

/** Gives the identity of a key. Throws UNAUTHENTICATED, with the same words whatever was wrong. */
export type ApiKeyVerifier = (key: string) => Identity;

export function createApiKeyVerifier(
  records: readonly ApiKeyRecord[],
  now: () => number = Date.now,
): ApiKeyVerifier {
  const byId = new Map(
    records.map((record) => [
      record.id,
      { digest: Buffer.from(record.digest), identity: toIdentity(record) },
    ]),
  );
  return function verifyApiKey(key) {
    const id = KEY.exec(key)?.[1];
    const stored = id === undefined ? undefined : byId.get(id);
    const digest = Buffer.from(digestOf(key));
    if (
      stored === undefined ||
      stored.digest.length !== digest.length ||
      !timingSafeEqual(stored.digest, digest) ||
      now() >= stored.identity.expiresAtMs
    ) {
      throw unauthenticated('API_KEY_WRONG', 'The API key is not valid.');
    }
    return stored.identity;
  };
}

function digestOf(key: string): string {
  return hash('sha256', key, 'base64url');
}

function toIdentity(record: ApiKeyRecord): Identity {
  return Object.freeze({
    proof: 'apiKey',
    issuer: API_KEY_ISSUER,
    subject: record.subject,
    roles: record.roles,
    permissions: record.permissions,
    claims: {},
    tokenId: record.id,
    sessionId: undefined,
    issuedAtMs: 0,
    expiresAtMs: record.expiresAtMs ?? Number.POSITIVE_INFINITY,
  });
}
