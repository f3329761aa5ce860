import { readFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Config } from '../config/schema.ts';
import { UserError } from '../lib/user-error.ts';

/**
 * The server that everything arrives on, with TLS where it is configured. A client certificate is asked
 * for, not insisted on: callers may sign in another way, and who shows none is nobody.
 * @throws UserError when a PEM file cannot be read or used.
 */
export function createListener(
  tls: Config['server']['tls'],
  maxHeaderSize: number,
  listener: RequestListener,
): Server {
  if (tls === undefined) return createServer({ maxHeaderSize }, listener);
  const { certificate, key, clientCa } = tls;
  try {
    return createTlsServer(
      {
        maxHeaderSize,
        minVersion: 'TLSv1.2',
        cert: readFileSync(certificate),
        key: readFileSync(key),
        ...(clientCa === undefined
          ? {}
          : { ca: readFileSync(clientCa), requestCert: true, rejectUnauthorized: false }),
      },
      listener,
    );
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UserError(`server.tls cannot be used: ${reason}`, [], { cause });
  }
}
