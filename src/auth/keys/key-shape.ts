import type { Algorithm } from '../../lib/signature-algorithm.ts';

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
