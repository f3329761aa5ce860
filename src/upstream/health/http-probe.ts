import { get } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { get as getSecurely } from 'node:https';
import { connect, isIP } from 'node:net';
import { checkServerIdentity, connect as connectTls } from 'node:tls';
import type { SecureContexts } from '../security/secure-contexts.ts';
import { parseEndpointAddress } from '../transport/endpoint-address.ts';
import type { HealthAnswer } from './serving-status.ts';

export interface HttpQuestion {
  readonly path: string;
  /** Default: the endpoint's own. */
  readonly port?: number | undefined;
  /** 2 without TLS begins with prior knowledge (RFC 9113 §3.3). */
  readonly version: 1 | 2;
  /** Undefined: without TLS. */
  readonly secure?: SecureQuestion | undefined;
}

export interface SecureQuestion {
  readonly contexts: SecureContexts;
  /** Default: the endpoint's host. */
  readonly serverName?: string | undefined;
}

type Destination = { readonly path: string } | { readonly host: string; readonly port: number };

/** Takes the first word of an answer, and what ends the asking before it. */
interface Hearing {
  status(status: number): void;
  error(error: Error): void;
}

const HEADERS = { 'user-agent': 'weir-health-check' };

/**
 * `GET path` on a connection of its own; any 2xx is healthy. Never rejects.
 * An endpoint on a Unix socket is asked there, with a `port` on loopback.
 */
export function askHttp(
  address: string,
  question: HttpQuestion,
  timeoutMs: number,
): Promise<HealthAnswer> {
  const { path } = question;
  const { promise, resolve } = Promise.withResolvers<HealthAnswer>();
  const end = (answer: HealthAnswer) => {
    clearTimeout(overdue);
    resolve(answer);
    // The status is all that was asked for; a body may be endless.
    stop();
  };
  const unhealthy = (reason: string) => end({ verdict: 'unhealthy', reason });
  const overdue = setTimeout(
    () =>
      end({
        verdict: 'unhealthy',
        reason: `GET ${path} was not answered in ${timeoutMs} ms`,
        overdue: true,
      }),
    timeoutMs,
  ).unref();
  const ask = question.version === 2 ? askHttp2 : askHttp1;
  const stop = ask(toDestination(parseEndpointAddress(address), question.port), question, {
    status(status) {
      if (status >= 200 && status < 300) end({ verdict: 'healthy' });
      else unhealthy(`GET ${path} answered ${status}`);
    },
    error: (error) => unhealthy(`GET ${path}: ${error.message}`),
  });
  return promise;
}

function askHttp1(destination: Destination, question: HttpQuestion, hear: Hearing): () => void {
  const { path, secure } = question;
  const where =
    'path' in destination ? { socketPath: destination.path } : { ...destination, path: undefined };
  const options = { ...where, path, agent: false, headers: HEADERS } as const;
  const request =
    secure === undefined
      ? get(options)
      : getSecurely({ ...options, ...toTlsOptions(destination, secure, 'http/1.1') });
  request.on('response', (response) => hear.status(response.statusCode ?? 0));
  request.on('error', hear.error);
  return () => request.destroy();
}

function askHttp2(destination: Destination, question: HttpQuestion, hear: Hearing): () => void {
  const { path, secure } = question;
  const authority = 'host' in destination ? formatAuthority(destination) : 'localhost';
  const session = connectHttp2(`${secure === undefined ? 'http' : 'https'}://${authority}`, {
    createConnection: () =>
      secure === undefined
        ? connect(destination)
        : connectTls({ ...destination, ...toTlsOptions(destination, secure, 'h2') }),
  });
  session.on('error', hear.error);
  const stream = session.request({ ':path': path, ...HEADERS });
  stream.on('response', (headers) => hear.status(headers[':status'] ?? 0));
  stream.on('error', hear.error);
  return () => session.destroy();
}

/** As calls have it: the upstream's authorities and certificate, and the name that its calls expect. */
function toTlsOptions(
  destination: Destination,
  { contexts, serverName }: SecureQuestion,
  protocol: string,
) {
  const name = serverName ?? ('host' in destination ? destination.host : 'localhost');
  return {
    secureContext: contexts.current,
    // SNI carries names only (RFC 6066 §3); empty keeps Node from taking the host for it.
    servername: isIP(name) === 0 ? name : '',
    checkServerIdentity: (_host: string, certificate: Parameters<typeof checkServerIdentity>[1]) =>
      checkServerIdentity(name, certificate),
    ALPNProtocols: [protocol],
  };
}

function formatAuthority({ host, port }: { readonly host: string; readonly port: number }): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

function toDestination(
  endpoint: ReturnType<typeof parseEndpointAddress>,
  port: number | undefined,
): Destination {
  if ('host' in endpoint) return { host: endpoint.host, port: port ?? endpoint.port };
  return port === undefined ? endpoint : { host: '127.0.0.1', port };
}
