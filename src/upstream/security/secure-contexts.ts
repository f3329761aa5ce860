import { createSecureContext, type SecureContext } from 'node:tls';
import type { UpstreamConfig } from '../../config/schema.ts';
import { UserError } from '../../lib/user-error.ts';
import { readCertificates, readPem } from './read-pem.ts';
import { createReloading, type ReloadEvents, type Reloading } from './reloading.ts';

/** Whom connections trust and who Weir is on them: the authorities, its certificate and key. */
export type SecureContexts = Reloading<SecureContext>;

/** @throws UserError when a file cannot be read or used. */
export function createSecureContexts(
  tls: NonNullable<UpstreamConfig['tls']>,
  events: ReloadEvents,
): SecureContexts {
  const { ca, certificate, key, poll } = tls;
  return createReloading({
    paths: [ca, certificate, key].filter((path) => path !== undefined),
    read: () =>
      createContext({
        ca: ca === undefined ? undefined : readCertificates(ca),
        cert: certificate === undefined ? undefined : readCertificates(certificate),
        key: key === undefined ? undefined : readPem(key),
      }),
    pollMs: poll,
    events,
  });
}

function createContext(files: Parameters<typeof createSecureContext>[0]): SecureContext {
  try {
    return createSecureContext(files);
  } catch (cause) {
    throw new UserError(`The certificate and its key cannot be used: ${messageOf(cause)}`, [], {
      cause,
    });
  }
}

function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
