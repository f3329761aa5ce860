/** The signature algorithms Weir can verify: RFC 7518 section 3.1, RFC 8037, RFC 9864. */
export const ALGORITHMS = [
  'HS256',
  'HS384',
  'HS512',
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
] as const;

export type Algorithm = (typeof ALGORITHMS)[number];

export function isAlgorithm(name: string): name is Algorithm {
  return ALGORITHMS.some((algorithm) => algorithm === name);
}

/** A key that signs and verifies with one and the same secret. */
export function isSymmetric(algorithm: Algorithm): boolean {
  return algorithm.startsWith('HS');
}

/** The JWK `kty`, and the curve where one is fixed, that an algorithm needs: RFC 7518 section 6. */
export function keyShapeOf(algorithm: Algorithm): { kty: string; crv?: string } {
  switch (algorithm) {
    case 'HS256':
    case 'HS384':
    case 'HS512':
      return { kty: 'oct' };
    case 'ES256':
      return { kty: 'EC', crv: 'P-256' };
    case 'ES384':
      return { kty: 'EC', crv: 'P-384' };
    case 'ES512':
      return { kty: 'EC', crv: 'P-521' };
    case 'EdDSA':
    case 'Ed25519':
      return { kty: 'OKP', crv: 'Ed25519' };
    default:
      return { kty: 'RSA' };
  }
}
