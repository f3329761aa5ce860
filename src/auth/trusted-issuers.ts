import { readFileSync } from 'node:fs';
import type { AuthConfig } from '../config/schema.ts';
import { UserError } from '../lib/user-error.ts';
import { createFixedKeys, secretToJwk } from './keys/fixed-keys.ts';
import { createJwks } from './keys/jwks.ts';
import { KeySet } from './keys/key-set.ts';
import type { KeySource } from './keys/key-source.ts';
import { loadJwksFromFile, loadJwksFromUrl } from './keys/load-jwks.ts';
import type { TrustedIssuer } from './token/trusted-issuer.ts';

type IssuerConfig = AuthConfig['issuers'][number];

/** How often a file of keys is read again; it is local and small. */
const FILE_MAX_AGE_MS = 10_000;

/** @throws UserError where an issuer's settings contradict each other or its file cannot be read. */
export function toTrustedIssuer(
  config: IssuerConfig,
  onLoadError: (error: unknown) => void,
): TrustedIssuer {
  requireFittingAlgorithms(config);
  const { roleNames } = config;
  return {
    issuer: config.issuer,
    audiences: config.audiences,
    algorithms: config.algorithms,
    keys: toKeySource(config.keys, onLoadError),
    types: config.types.map((type) => type.toLowerCase()),
    clockSkewMs: config.clockSkew,
    rolesClaim: config.rolesClaim.split('.'),
    permissionsClaim: config.permissionsClaim.split('.'),
    roleNames: roleNames && new Map(Object.entries(roleNames)),
  };
}

/** Mixing secrets and public keys under one issuer is how HMAC confusion begins (RFC 8725 section 2.1). */
function requireFittingAlgorithms({ issuer, algorithms, keys }: IssuerConfig): void {
  const shared = 'secret' in keys;
  const wrong = algorithms.filter((algorithm) => algorithm.startsWith('HS') !== shared);
  if (wrong.length === 0) return;
  const hint = shared ? 'a shared secret serves HS algorithms only' : 'HS needs keys: {secret: …}';
  throw new UserError(`auth.issuers "${issuer}": ${wrong.join(', ')} cannot be used; ${hint}.`);
}

function toKeySource(keys: IssuerConfig['keys'], onLoadError: (error: unknown) => void): KeySource {
  if ('secret' in keys) return createFixedKeys([secretToJwk(keys.secret)]);
  if ('file' in keys) {
    requireKeyFile(keys.file);
    return createJwks({
      load: loadJwksFromFile(keys.file),
      maxAgeMs: FILE_MAX_AGE_MS,
      cooldownMs: FILE_MAX_AGE_MS,
      onLoadError,
    });
  }
  return createJwks({
    load: loadJwksFromUrl(keys.url),
    maxAgeMs: keys.maxAge,
    cooldownMs: keys.cooldown,
    staleMs: keys.stale,
    onLoadError,
  });
}

function requireKeyFile(path: string): void {
  try {
    KeySet.parsePublic(readFileSync(path, 'utf8'));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UserError(`${path} is not a JWK Set: ${reason}`, [], { cause });
  }
}
