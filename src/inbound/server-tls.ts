import { createSecureContext, type SecureContextOptions } from 'node:tls';
import type { Config } from '../config/schema.ts';
import { UserError } from '../lib/user-error.ts';
import { readCertificates, readPem } from '../upstream/security/read-pem.ts';
import { createReloading, type Reloading } from '../upstream/security/reloading.ts';

export interface ServerTlsEvents {
  renewed(files: readonly string[]): void;
  /** The last certificate stays. */
  failed(error: unknown): void;
}

/** A certificate is renewed days before it is needed, so a second does. */
const POLL_MS = 1_000;

/**
 * Whom Weir shows itself as, and whose certificates it knows; read again when the files change.
 * @throws UserError when a file cannot be read or used.
 */
export function createServerTls(
  { certificate, key, clientCa }: NonNullable<Config['server']['tls']>,
  events?: ServerTlsEvents,
): Reloading<SecureContextOptions> {
  return createReloading({
    paths: [certificate, key, clientCa].filter((path) => path !== undefined),
    read() {
      const options: SecureContextOptions = {
        minVersion: 'TLSv1.2',
        cert: readCertificates(certificate),
        key: readPem(key),
        ...(clientCa !== undefined && { ca: readCertificates(clientCa) }),
      };
      requireUsable(options);
      return options;
    },
    pollMs: POLL_MS,
    events: {
      securityRenewed: (files) => events?.renewed(files),
      securityFailed: (error) => events?.failed(error),
    },
  });
}

function requireUsable(options: SecureContextOptions): void {
  try {
    createSecureContext(options);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UserError(`server.tls cannot be used: ${reason}`, [], { cause });
  }
}
