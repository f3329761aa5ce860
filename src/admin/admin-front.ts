import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { AuditLog } from '../auth/audit-log.ts';
import { WeirError } from '../errors.ts';
import type { Peer } from '../pipeline/call.ts';
import { toErrorShape } from '../procedures/error-shape.ts';
import type { Log } from '../telemetry/log.ts';
import type { AdminAccess } from './admin-access.ts';
import type { AdminAnswer, AdminRoute } from './admin-route.ts';
import { type AuditTrail, createAuditTrail } from './audit-trail.ts';

export interface AdminFrontOptions {
  readonly access: AdminAccess;
  readonly routes: readonly AdminRoute[];
  /** Gets a line for each request, refused ones too, and one before what is more than looking. */
  readonly audit: AuditLog;
  readonly log: Log;
  readonly peerOf: (request: IncomingMessage) => Peer;
  readonly requestIdOf: (request: IncomingMessage) => string;
}

interface Asked {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly path: string;
  readonly peer: Peer;
  readonly trail: AuditTrail;
}

export const ADMIN_PATH = '/admin';

/**
 * The operator's routes, over plain HTTP under `/admin/`. Who may not come in learns nothing of what is
 * there. Failures come in the envelope of every other failure. Returns whether the path was one of these.
 */
export function createAdminFront(options: AdminFrontOptions) {
  const { access, log } = options;
  const routes = new Map(options.routes.map((route) => [`${route.method} ${route.path}`, route]));

  return function handleAdmin(
    request: IncomingMessage,
    response: ServerResponse,
    path: string,
  ): boolean {
    if (!path.startsWith(`${ADMIN_PATH}/`)) return false;
    const requestId = options.requestIdOf(request);
    response.setHeader('cache-control', 'no-store');
    response.setHeader('x-request-id', requestId);
    const peer = options.peerOf(request);
    const trail = createAuditTrail(options.audit, {
      requestId,
      address: peer.address,
      target: `${request.method} ${path}`,
    });
    answer({ request, response, path, peer, trail })
      .then(() => trail.ended(undefined))
      .catch((thrown: unknown) => {
        const error = isCutShort(response)
          ? new WeirError('CANCELLED', 'The caller left before the answer was sent.')
          : WeirError.from(thrown);
        trail.ended(error);
        fail(response, thrown, requestId);
      })
      .catch((error: unknown) => {
        log.error({ err: error, requestId }, 'an answer to an operator was cut short');
        response.destroy();
      });
    return true;
  };

  async function answer({ request, response, path, peer, trail }: Asked): Promise<void> {
    const identity = await access.identify(request.method, request.headers, peer);
    trail.identified(identity);
    access.admit(identity, request.headers);
    trail.admitted();
    const route = routes.get(`${request.method} ${path.slice(ADMIN_PATH.length + 1)}`);
    if (route === undefined) throw notFound(request.method, path);
    const query = new URL(request.url ?? '/', 'http://localhost').searchParams;
    const signal = signalOf(response);
    const { intend } = trail;
    await send(response, await route.answer({ request, query, identity, intend, signal }));
  }

  function notFound(method: string | undefined, path: string): WeirError {
    const known = options.routes.map((route) => `${route.method} ${ADMIN_PATH}/${route.path}`);
    return new WeirError(
      'NOT_FOUND',
      `There is no ${method} ${path}. There are: ${known.join(', ')}.`,
    );
  }

  function fail(response: ServerResponse, thrown: unknown, requestId: string): void {
    // An answer that has begun cannot become another one.
    if (response.headersSent || response.destroyed) throw thrown;
    const error = WeirError.from(thrown);
    if (error.code === 'INTERNAL')
      log.error({ err: error.cause, requestId }, 'a request of an operator failed');
    const shape = toErrorShape(error, { procedureType: 'unknown', path: undefined, requestId });
    if (error.code === 'UNAUTHENTICATED') response.setHeader('www-authenticate', 'Bearer');
    sendJson(response, shape.data.httpStatus, { error: shape });
  }
}

/** The caller left, so that whatever was thrown is of no interest to anybody. */
function isCutShort(response: ServerResponse): boolean {
  return response.destroyed && !response.writableFinished;
}

function signalOf(response: ServerResponse): AbortSignal {
  const left = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) left.abort();
  });
  return left.signal;
}

async function send(response: ServerResponse, answer: AdminAnswer): Promise<void> {
  if ('body' in answer) {
    sendJson(response, 200, answer.body);
    return;
  }
  const { fileName, contentType, content } = answer;
  response.writeHead(200, {
    'content-type': contentType,
    // RFC 6266 section 4.1; names are ours and hold neither quotes nor backslashes.
    'content-disposition': `attachment; filename="${fileName}"`,
  });
  if (typeof content === 'string') response.end(content);
  else await pipeline(content, response);
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
