import { unauthenticated } from '../refusal.ts';
import { findDuplicateKey } from './duplicate-key.ts';
import { isJsonObject, type JsonObject } from './json-object.ts';

/** The parts of a JOSE header (RFC 7515 section 4.1) that Weir looks at. */
export interface TokenHeader {
  readonly alg: string;
  readonly kid: string | undefined;
  readonly typ: string | undefined;
}

/** A JWT taken apart. Nothing in it has been verified. */
export interface UnverifiedToken {
  readonly header: TokenHeader;
  readonly claims: JsonObject;
}

const BASE64URL = /^[A-Za-z0-9_-]+$/;
/** Letters, digits and the punctuation that key ids are made of. A `kid` is only ever a key of a map. */
const KEY_ID = /^[\x21-\x7e]{1,256}$/;

/**
 * Header parameters that would let the token choose its own key or its own processing:
 * keys and addresses of keys inside the token (RFC 8725 sections 3.5 and 3.10), compression (a small
 * token that unpacks to a huge one), critical extensions (RFC 7515 section 4.1.11: refuse what one does
 * not understand), unencoded payloads (RFC 7797 section 7 forbids them in a JWT).
 */
const REFUSED_HEADERS = ['jwk', 'jku', 'x5u', 'x5c', 'zip', 'crit', 'b64'];

/**
 * Takes a compact JWS apart and refuses what no honest issuer sends, before any cryptography.
 * @throws WeirError UNAUTHENTICATED.
 */
export function readToken(token: string, maxBytes: number): UnverifiedToken {
  if (token.length > maxBytes) {
    throw unauthenticated('TOKEN_TOO_LARGE', `The token is longer than ${maxBytes} bytes.`);
  }
  const parts = token.split('.', 6);
  if (parts.length === 5) {
    throw unauthenticated('TOKEN_MALFORMED', 'Encrypted tokens (JWE) are not accepted.');
  }
  const [header = '', payload = '', signature = ''] = parts;
  if (parts.length !== 3 || !BASE64URL.test(header) || !BASE64URL.test(payload)) {
    throw unauthenticated('TOKEN_MALFORMED', 'The token is not a compact JWS of three parts.');
  }
  const headerFields = decodeObject(header, 'header');
  for (const name of REFUSED_HEADERS) {
    if (Object.hasOwn(headerFields, name)) {
      throw unauthenticated(
        'TOKEN_HEADER_REFUSED',
        `The token's header has "${name}", which is not accepted.`,
      );
    }
  }
  const read = { header: toTokenHeader(headerFields), claims: decodeObject(payload, 'payload') };
  if (!BASE64URL.test(signature)) {
    throw unauthenticated('TOKEN_MALFORMED', 'The token has no signature.');
  }
  return read;
}

function toTokenHeader(fields: JsonObject): TokenHeader {
  const { alg, kid, typ } = fields;
  if (typeof alg !== 'string') {
    throw unauthenticated('TOKEN_MALFORMED', 'The token\'s header has no "alg".');
  }
  // "none" in any letter case: RFC 8725 section 2.1.
  if (alg.toLowerCase() === 'none') {
    throw unauthenticated('TOKEN_ALGORITHM_REFUSED', 'Unsigned tokens are not accepted.');
  }
  if (kid !== undefined && (typeof kid !== 'string' || !KEY_ID.test(kid))) {
    throw unauthenticated('TOKEN_HEADER_REFUSED', 'The token\'s "kid" is not a key id.');
  }
  if (typ !== undefined && typeof typ !== 'string') {
    throw unauthenticated('TOKEN_HEADER_REFUSED', 'The token\'s "typ" is not text.');
  }
  return { alg, kid, typ };
}

function decodeObject(part: string, what: string): JsonObject {
  let text: string;
  let value: unknown;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(part, 'base64url'));
    value = JSON.parse(text);
  } catch (cause) {
    throw unauthenticated('TOKEN_MALFORMED', `The token's ${what} is not JSON in UTF-8.`, cause);
  }
  if (!isJsonObject(value)) {
    throw unauthenticated('TOKEN_MALFORMED', `The token's ${what} is not a JSON object.`);
  }
  const duplicate = findDuplicateKey(text);
  if (duplicate !== undefined) {
    throw unauthenticated('TOKEN_MALFORMED', `The token's ${what} names a member twice.`);
  }
  return value;
}
