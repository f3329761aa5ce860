import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Config } from '../config/schema.ts';
import { createServerTls, type ServerTlsEvents } from './server-tls.ts';

export interface ListenerBounds {
  /** Bytes of a request's head. */
  readonly maxHeadBytes: number;
  /** How long a TLS handshake may take, and the head of a request, from there or the last answer on. */
  readonly headTimeoutMs: number;
  /** How long its body may take after that. */
  readonly bodyTimeoutMs: number;
}

/**
 * The server that everything arrives on, with TLS where it is configured; new connections use the files as
 * they are by then. A client certificate is asked for, not insisted on: callers may sign in another way,
 * and who shows none is nobody.
 * @throws UserError when a PEM file cannot be read or used.
 */
export function createListener(
  tls: Config['server']['tls'],
  bounds: ListenerBounds,
  listener: RequestListener,
  events?: ServerTlsEvents,
): Server {
  const options = toServerOptions(bounds);
  if (tls === undefined) return createServer(options, listener);
  const files = createServerTls(tls, events);
  const server = createTlsServer(
    {
      ...options,
      // The handshake comes before the head, and Node would give it two minutes.
      handshakeTimeout: bounds.headTimeoutMs,
      ...files.current,
      ...(tls.clientCa !== undefined && { requestCert: true, rejectUnauthorized: false }),
    },
    listener,
  );
  files.onChange(() => server.setSecureContext(files.current));
  server.once('close', () => files.stop());
  return server;
}

/**
 * Bounds against callers who send a byte at a time (Slowloris and its kin) to hold connections open, and
 * the strict parser, for what one server reads as one request and another as two is how requests are
 * smuggled (RFC 9112 §11.2).
 */
function toServerOptions({ maxHeadBytes, headTimeoutMs, bodyTimeoutMs }: ListenerBounds) {
  return {
    maxHeaderSize: maxHeadBytes,
    headersTimeout: headTimeoutMs,
    requestTimeout: headTimeoutMs + bodyTimeoutMs,
    // How late a time-out may be noticed.
    connectionsCheckingInterval: Math.min(1_000, headTimeoutMs / 4),
    insecureHTTPParser: false,
    // The router asks for it: node:http would refuse without telling anybody.
    requireHostHeader: false,
  };
}
