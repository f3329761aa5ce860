import { createServer, type Server } from 'node:http';
import { createHTTPHandler } from '@trpc/server/adapters/standalone';
import { applyWSSHandler } from '@trpc/server/adapters/ws';
import { WebSocketServer } from 'ws';
import {
  createTrpcHttpFront,
  type TrpcHttpFront,
  type TrpcHttpFrontOptions,
} from '../../src/inbound/http/http-front.ts';
import { createRequestIds } from '../../src/inbound/request-id.ts';
import {
  createTrpcWebSocketFront,
  type TrpcWebSocketFront,
  type TrpcWebSocketFrontOptions,
} from '../../src/inbound/websocket/websocket-front.ts';
import type { ProcedureTable } from '../../src/procedures/procedure.ts';
import {
  createRouter,
  createRouterContext,
  type RouterOptions,
  routerResponseMeta,
} from '../../src/procedures/router.ts';

export interface RunningServer {
  readonly port: number;
  /** `http://127.0.0.1:PORT/trpc` */
  readonly url: string;
  /** `ws://127.0.0.1:PORT/trpc` */
  readonly wsUrl: string;
  /** Resolves when no connection is open any more. */
  close(): Promise<void>;
}

export interface OurServer extends RunningServer {
  readonly http: TrpcHttpFront;
  readonly websocket: TrpcWebSocketFront;
}

const PREFIX = '/trpc/';

export interface OurOptions {
  readonly http?: Partial<TrpcHttpFrontOptions>;
  readonly websocket?: Partial<TrpcWebSocketFrontOptions>;
}

/** Both fronts of Weir on one server. */
export async function startOurs(
  table: ProcedureTable,
  options: OurOptions = {},
): Promise<OurServer> {
  const common = { procedures: () => table, newRequestId: createRequestIds('ours') };
  const http = createTrpcHttpFront({ ...common, ...options.http });
  const websocket = createTrpcWebSocketFront({ ...common, ...options.websocket });
  const server = createServer((request, response) =>
    http.handle(request, response, (request.url ?? '').slice(PREFIX.length)),
  );
  server.on('upgrade', (request, socket, head) => websocket.handleUpgrade(request, socket, head));
  const running = await listen(server, () => websocket.close());
  return { ...running, http, websocket };
}

export interface StockOptions {
  readonly sse?: RouterOptions['sse'];
  readonly maxBatchSize?: number;
  readonly maxBodySize?: number;
  readonly newRequestId?: () => string;
}

/** tRPC's official adapters over the router made of the same table. */
export async function startStock(
  table: ProcedureTable,
  { sse, maxBatchSize, maxBodySize, newRequestId = createRequestIds('stock') }: StockOptions = {},
): Promise<RunningServer> {
  const router = createRouter(table, sse === undefined ? {} : { sse });
  const server = createServer(
    createHTTPHandler({
      router,
      basePath: PREFIX,
      allowMethodOverride: true,
      ...(maxBatchSize === undefined ? undefined : { maxBatchSize }),
      ...(maxBodySize === undefined ? undefined : { maxBodySize }),
      responseMeta: routerResponseMeta,
      createContext: ({ req }) =>
        createRouterContext({
          requestId: newRequestId(),
          wire: 'http',
          headers: req.headers,
          peer: { address: req.socket.remoteAddress ?? '' },
        }),
    }),
  );
  const wss = new WebSocketServer({ server, perMessageDeflate: false });
  applyWSSHandler({
    wss,
    router,
    createContext: ({ req, info }) =>
      createRouterContext({
        requestId: newRequestId(),
        wire: 'websocket',
        headers: { ...req.headers, ...info.connectionParams },
        peer: { address: req.socket.remoteAddress ?? '' },
      }),
  });
  return listen(server, () => {
    for (const client of wss.clients) client.terminate();
    wss.close();
  });
}

async function listen(server: Server, closeSockets: () => void): Promise<RunningServer> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening on a port');
  const { port } = address;
  return {
    port,
    url: `http://127.0.0.1:${port}/trpc`,
    wsUrl: `ws://127.0.0.1:${port}/trpc`,
    close: () =>
      new Promise((resolve) => {
        closeSockets();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
