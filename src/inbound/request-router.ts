import {
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http';
import type { Duplex } from 'node:stream';
import type { Peer } from '../pipeline/call.ts';
import { type TrpcCode, toRefusalShape } from '../procedures/error-shape.ts';
import type { RequestRoute } from '../telemetry/metrics/request-counts.ts';
import { showPath } from '../telemetry/show-path.ts';
import type { Cors } from './cors.ts';
import { toOriginForm } from './origin-form.ts';
import type { OnRefusedRequest } from './report-refusal.ts';
import { setSecurityHeaders } from './security-headers.ts';
import type { TrpcFronts } from './trpc-fronts.ts';
import type { WatchRequest } from './watch-requests.ts';

/** Answers some paths; returns whether this was one of them. */
export type AnswerPath = (
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
) => boolean;

/** A part of the gateway, under the name that its requests are counted by. */
export interface PathHandler {
  readonly route: RequestRoute;
  readonly handle: AnswerPath;
}

export interface RequestRouterOptions {
  /** Where the procedures are, without a slash at the end. */
  readonly trpcPath: string;
  readonly trpc: TrpcFronts;
  readonly cors: Cors;
  readonly overTls: boolean;
  /** Everything that is no procedure, asked in this order. */
  readonly handlers: readonly PathHandler[];
  readonly watch: WatchRequest;
  readonly peerOf: (request: IncomingMessage) => Peer;
  readonly requestIdOf: (request: IncomingMessage) => string;
  /** Told of upgrades that are for nobody here, and how each was answered. */
  readonly onRefused: OnRefusedRequest;
  readonly onUpgrade: (status: number) => void;
}

export interface RequestRouter {
  readonly route: RequestListener;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
}

/** Which part of the gateway a request is for. */
export function createRequestRouter(options: RequestRouterOptions): RequestRouter {
  const { trpcPath, trpc, cors, overTls, handlers, watch, requestIdOf } = options;
  const trpcPrefix = `${trpcPath}/`;

  function route(request: IncomingMessage, response: ServerResponse): void {
    const url = toOriginForm(request.url ?? '/');
    // The rest reads it from the request.
    request.url = url;
    // RFC 9112 section 3.2
    if (request.headers.host === undefined && request.httpVersion === '1.1') {
      watch('unreadable', request, response, pathOf(url));
      response
        .writeHead(400, { connection: 'close', 'x-request-id': requestIdOf(request) })
        .end('The request has no Host header.\n');
      return;
    }
    // Browsers name the origin of every page that is not Weir's own; nobody else pays for this.
    if (request.headers.origin !== undefined && cors.handle(request, response)) {
      watch('preflight', request, response, pathOf(url));
      return;
    }
    if (url.startsWith(trpcPrefix)) {
      trpc.http.handle(request, response, url.slice(trpcPrefix.length));
      return;
    }
    setSecurityHeaders(response, overTls);
    const path = pathOf(url);
    for (const { route, handle } of handlers) {
      if (!handle(request, response, path)) continue;
      watch(route, request, response, path);
      return;
    }
    watch('unknown', request, response, path);
    const requestId = requestIdOf(request);
    // In tRPC's envelope, since it is most likely a client with a wrong URL, which can show nothing else.
    const message = `Nothing is at ${request.method} ${showPath(path)}. Procedures are under ${trpcPrefix}<path>.`;
    const context = { procedureType: 'unknown', path: undefined, requestId } as const;
    response
      .writeHead(404, { 'content-type': 'application/json', 'x-request-id': requestId })
      .end(JSON.stringify({ error: toRefusalShape('NOT_FOUND', message, context) }));
  }

  function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const path = pathOf(toOriginForm(request.url ?? '/'));
    if (path !== trpcPath) {
      refuse(404, 'NOT_FOUND');
    } else if (!cors.allowsUpgrade(request)) {
      refuse(403, 'FORBIDDEN');
    } else {
      trpc.webSocket.handleUpgrade(request, socket, head);
    }

    function refuse(status: number, reason: TrpcCode): void {
      const requestId = requestIdOf(request);
      refuseUpgrade(socket, status, requestId);
      options.onUpgrade(status);
      const { address } = options.peerOf(request);
      options.onRefused({ reason, requestId, wire: 'websocket', address, path });
    }
  }

  return { route, upgrade };
}

/** Answers one path, whatever its query. */
export function at(
  own: string,
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): AnswerPath {
  return function answerPath(request, response, path) {
    if (path !== own) return false;
    answer(request, response);
    return true;
  };
}

function refuseUpgrade(socket: Duplex, status: number, requestId: string): void {
  socket.on('error', () => {});
  // A half-open socket would hold up the shutdown for as long as its client likes.
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'connection: close',
    'content-length: 0',
    `x-request-id: ${requestId}`,
  ];
  socket.end(`${lines.join('\r\n')}\r\n\r\n`, () => socket.destroy());
}

function pathOf(url: string): string {
  const query = url.indexOf('?');
  return query === -1 ? url : url.slice(0, query);
}
