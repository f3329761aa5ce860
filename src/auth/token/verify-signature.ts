import type { CryptoKey } from 'jose';
import type { Algorithm } from '../../lib/signature-algorithm.ts';
import { jose } from '../jose.ts';
import { unauthenticated } from '../refusal.ts';

/** Verifies a compact JWS (RFC 7515 section 5.2) with one key and one algorithm; gives its payload. */
export async function verifySignature(
  token: string,
  key: CryptoKey,
  algorithm: Algorithm,
): Promise<Uint8Array> {
  try {
    return (await jose().compactVerify(token, key, { algorithms: [algorithm] })).payload;
  } catch (cause) {
    throw unauthenticated('TOKEN_SIGNATURE_WRONG', 'The signature of the token is wrong.', cause);
  }
}
