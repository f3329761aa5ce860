import { readFile } from 'node:fs/promises';
import { KeySet } from './key-set.ts';

/** 1 mebibyte: a hundred times the largest set known, and small enough to hold while parsing. */
const MAX_BYTES = 1_048_576;

/**
 * Loads a JWK Set over HTTP. Redirects are refused, because the address was chosen by the operator and
 * nobody else may choose another one (RFC 8725 section 3.10).
 */
export function loadJwksFromUrl(url: string, timeoutMs = 5_000): () => Promise<KeySet> {
  return async () => {
    const response = await fetch(url, {
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
      headers: { accept: 'application/jwk-set+json, application/json' },
    });
    if (!response.ok) throw new Error(`${url} answered ${response.status} instead of a JWK Set.`);
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of response.body ?? []) {
      bytes += chunk.byteLength;
      if (bytes > MAX_BYTES) throw new Error(`${url} answered with more than ${MAX_BYTES} bytes.`);
      chunks.push(chunk);
    }
    return KeySet.parsePublic(Buffer.concat(chunks).toString('utf8'));
  };
}

export function loadJwksFromFile(path: string): () => Promise<KeySet> {
  return async () => KeySet.parsePublic(await readFile(path, 'utf8'));
}
