import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Cors } from './cors.ts';
import { toOriginForm } from './origin-form.ts';
import { setSecurityHeaders } from './security-headers.ts';
import type { TrpcFronts } from './trpc-fronts.ts';

/** A part of the gateway that answers some paths; returns whether this was one of them. */
export type PathHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
) => boolean;

export interface RequestRouterOptions {
  /** Where the procedures are, without a slash at the end. */
  readonly trpcPath: string;
  readonly trpc: TrpcFronts;
  readonly cors: Cors;
  readonly overTls: boolean;
  /** Everything that is no procedure, asked in this order. */
  readonly handlers: readonly PathHandler[];
}

export interface RequestRouter {
  readonly route: RequestListener;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
}

/** Which part of the gateway a request is for. */
export function createRequestRouter(options: RequestRouterOptions): RequestRouter {
  const { trpcPath, trpc, cors, overTls, handlers } = options;
  const trpcPrefix = `${trpcPath}/`;

  function route(request: IncomingMessage, response: ServerResponse): void {
    const url = toOriginForm(request.url ?? '/');
    // The rest reads it from the request.
    request.url = url;
    // Browsers name the origin of every page that is not Weir's own; nobody else pays for this.
    if (request.headers.origin !== undefined && cors.handle(request, response)) return;
    if (url.startsWith(trpcPrefix)) {
      trpc.http.handle(request, response, url.slice(trpcPrefix.length));
      return;
    }
    setSecurityHeaders(response, overTls);
    const path = pathOf(url);
    if (handlers.some((handle) => handle(request, response, path))) return;
    response
      .writeHead(404, { 'content-type': 'text/plain' })
      .end(`Nothing is here. Procedures are under ${trpcPrefix}<path>.\n`);
  }

  function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (pathOf(toOriginForm(request.url ?? '/')) !== trpcPath) {
      refuseUpgrade(socket, '404 Not Found');
    } else if (!cors.allowsUpgrade(request)) {
      refuseUpgrade(socket, '403 Forbidden');
    } else {
      trpc.webSocket.handleUpgrade(request, socket, head);
    }
  }

  return { route, upgrade };
}

/** Answers one path, whatever its query. */
export function at(
  own: string,
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): PathHandler {
  return function answerPath(request, response, path) {
    if (path !== own) return false;
    answer(request, response);
    return true;
  };
}

function refuseUpgrade(socket: Duplex, status: string): void {
  socket.on('error', () => {});
  // A half-open socket would hold up the shutdown for as long as its client likes.
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`, () =>
    socket.destroy(),
  );
}

function pathOf(url: string): string {
  const query = url.indexOf('?');
  return query === -1 ? url : url.slice(0, query);
}
