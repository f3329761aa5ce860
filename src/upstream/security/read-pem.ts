import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { UserError } from '../../lib/user-error.ts';

/**
 * Node takes a file without any certificate for an empty list of authorities, which trusts nobody.
 * @throws UserError
 */
export function readCertificates(path: string): Buffer {
  const pem = readPem(path);
  try {
    new X509Certificate(pem);
  } catch (cause) {
    throw new UserError(`${path} holds no certificate in PEM: ${messageOf(cause)}`, [], { cause });
  }
  return pem;
}

/** @throws UserError */
export function readPem(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new UserError(`The PEM file ${path} cannot be read: ${messageOf(cause)}`, [], { cause });
  }
}

function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
