import type { IncomingMessage, ServerResponse } from 'node:http';
import { type AuditAction, actorOf } from '../../auth/audit-log.ts';
import { refusalReasonOf } from '../../auth/refusal.ts';
import { toStoreError } from '../../auth/store-unavailable.ts';
import { WeirError } from '../../errors.ts';
import { HTTP_STATUS_BY_TRPC_CODE } from '../../procedures/error-shape.ts';
import { Refusal, toShape } from '../refusal.ts';
import { TooManyUnfinished } from '../unfinished-bodies.ts';
import type { AuthAnswer, AuthFrontOptions, AuthRequest } from './auth-request.ts';
import { answerLogin, answerLogout, answerRefresh } from './login.ts';
import { answerSession, answerSessions, endSession } from './sessions.ts';

type Endpoint = (request: AuthRequest) => Promise<AuthAnswer>;

export const AUTH_PATH = '/api/v1/auth';
export const JWKS_PATH = '/.well-known/jwks.json';

const ENDPOINTS: ReadonlyMap<string, Endpoint> = new Map([
  ['POST login', answerLogin],
  ['POST refresh', answerRefresh],
  ['POST logout', answerLogout],
  ['POST ticket', answerTicket],
  ['GET session', answerSession],
  ['GET sessions', answerSessions],
  ['DELETE sessions', endSession],
]);

/**
 * The issuer over HTTP: `POST login|refresh|logout|ticket`, `GET session|sessions`,
 * `DELETE sessions/<id>` under `/api/v1/auth`, and the public keys. Failures come in the envelope of every
 * other failure. Returns whether the path was one of these.
 */
export function createAuthFront(options: AuthFrontOptions) {
  const cookies = { ...options.cookies, authPath: AUTH_PATH };

  return function handleAuth(
    request: IncomingMessage,
    response: ServerResponse,
    path: string,
  ): boolean {
    if (path !== JWKS_PATH && !path.startsWith(`${AUTH_PATH}/`)) return false;
    const requestId = options.requestIdOf(request);
    const answer = path === JWKS_PATH ? answerKeys(options) : route(request, path, requestId);
    answer
      .catch((thrown: unknown) => {
        if (thrown instanceof TooManyUnfinished) response.setHeader('connection', 'close');
        return toFailure(thrown, requestId);
      })
      .then((settled) => send(response, settled, requestId, path === JWKS_PATH))
      .catch(() => response.destroy());
    return true;
  };

  async function route(
    request: IncomingMessage,
    path: string,
    requestId: string,
  ): Promise<AuthAnswer> {
    const [name = '', rest = ''] = path.slice(AUTH_PATH.length + 1).split('/', 2);
    const endpoint = ENDPOINTS.get(`${request.method} ${name}`);
    if (endpoint === undefined) {
      throw new WeirError('NOT_FOUND', `There is no ${request.method} ${path}.`);
    }
    const peer = options.peerOf(request);
    const call: AuthRequest = {
      request,
      peer,
      requestId,
      rest,
      options,
      cookies,
      actor: undefined,
      async identify() {
        const identity = await options.authenticate({
          headers: request.headers,
          certificate: peer.certificate,
          address: peer.address,
          needsCsrfToken: request.method !== 'GET',
        });
        call.actor = actorOf(identity);
        return identity;
      },
      record: (action, target) => record(call, action, target, undefined),
    };
    try {
      return await endpoint(call);
    } catch (thrown) {
      const error = WeirError.from(toStoreError(thrown));
      if (!(thrown instanceof Refusal)) record(call, ACTIONS[name] ?? 'call.refused', path, error);
      throw thrown instanceof Refusal ? thrown : error;
    }
  }

  function record(
    { requestId, actor, peer }: AuthRequest,
    action: AuditAction,
    target: string | undefined,
    error: WeirError | undefined,
  ): void {
    options.audit.record({
      action,
      outcome: error === undefined ? 'success' : 'refused',
      requestId,
      actor,
      address: peer.address,
      target,
      reason: error && (refusalReasonOf(error) ?? error.code),
    });
  }
}

const ACTIONS: Readonly<Record<string, AuditAction>> = {
  login: 'login',
  refresh: 'refresh',
  logout: 'logout',
  ticket: 'ticket.issue',
  sessions: 'session.revoke',
};

async function answerTicket({ identify, options, record }: AuthRequest): Promise<AuthAnswer> {
  const ticket = await options.tickets.issue(await identify());
  record('ticket.issue');
  return { status: 200, body: ticket };
}

async function answerKeys({ keys }: AuthFrontOptions): Promise<AuthAnswer> {
  return { status: 200, body: await keys.published() };
}

function toFailure(thrown: unknown, requestId: string): AuthAnswer {
  const shape = toShape(thrown, { procedureType: 'unknown', path: undefined, requestId });
  return { status: HTTP_STATUS_BY_TRPC_CODE[shape.data.code], body: { error: shape } };
}

function send(
  response: ServerResponse,
  { status, body, cookies }: AuthAnswer,
  requestId: string,
  cacheable: boolean,
): void {
  // A token in a cache is a token in other hands (RFC 6749 section 5.1); keys are public.
  response.setHeader('cache-control', cacheable ? 'public, max-age=300' : 'no-store');
  response.setHeader('x-request-id', requestId);
  if (cookies !== undefined) response.setHeader('set-cookie', [...cookies]);
  if (status === 401) response.setHeader('www-authenticate', 'Bearer');
  if (body === undefined) {
    response.writeHead(status).end();
    return;
  }
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
