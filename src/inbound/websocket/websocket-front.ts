import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { InFlight } from '../../ratelimit/in-flight.ts';
import { addressOwner } from '../../ratelimit/owner.ts';
import { type FrontOptions, tcpPeerOf } from '../front-options.ts';
import { Refusal, toShape } from '../refusal.ts';
import { Connection } from './connection.ts';
import { DEFAULT_WEBSOCKET_LIMITS, type WebSocketLimits } from './websocket-limits.ts';

export interface TrpcWebSocketFrontOptions extends FrontOptions {
  readonly limits?: Partial<WebSocketLimits> | undefined;
}

export interface WebSocketStats {
  readonly sockets: number;
  readonly runningCalls: number;
  readonly subscriptions: number;
  readonly bufferedBytes: number;
}

/** tRPC over WebSocket, as the stock `wsLink` speaks it. */
export interface TrpcWebSocketFront {
  /** For the `upgrade` event of a server, once the path is known to be this front's. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  stats(): WebSocketStats;
  /**
   * Takes no new socket, asks each client to reconnect at a moment of its own, lets running queries and
   * mutations finish, and resolves when the last socket is closed.
   */
  drain(): Promise<void>;
  /** Drops every socket now. */
  close(): void;
}

export function createTrpcWebSocketFront(options: TrpcWebSocketFrontOptions): TrpcWebSocketFront {
  const limits: WebSocketLimits = { ...DEFAULT_WEBSOCKET_LIMITS, ...options.limits };
  const peerOf = options.peerOf ?? tcpPeerOf;
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    // Compression keeps some 300 KB of windows for every socket.
    perMessageDeflate: false,
    maxPayload: limits.maxPayloadBytes,
  });
  const connections = new Set<Connection>();
  const held = new InFlight(limits.maxSocketsPerAddress);
  let whenEmpty: (() => void)[] = [];
  let draining = false;
  const sweeper = setInterval(sweep, sweepInterval(limits)).unref();

  function handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (draining || connections.size >= limits.maxSockets) {
      const why = draining
        ? 'The gateway is shutting down.'
        : `The gateway serves ${limits.maxSockets} sockets already.`;
      rejectUpgrade(
        socket,
        new Refusal('SERVICE_UNAVAILABLE', `${why} Try again shortly.`, 1000),
        options.newRequestId(),
      );
      return;
    }
    const { headers } = request;
    const peer = peerOf(request);
    const holder = addressOwner(peer.address);
    if (!held.acquire(holder)) {
      const why = `Your address holds ${limits.maxSocketsPerAddress} sockets, and no more are allowed.`;
      rejectUpgrade(socket, new Refusal('TOO_MANY_REQUESTS', why), options.newRequestId());
      return;
    }
    socket.once('close', () => held.release(holder));
    const awaitsParams = announcesParams(request.url ?? '');
    server.handleUpgrade(request, socket, head, (webSocket) => {
      const connection = new Connection(webSocket, socket, {
        front: options,
        limits,
        peer,
        headers,
        awaitsParams,
        onClosed: forget,
      });
      connections.add(connection);
      if (draining) connection.sendAway();
    });
  }

  function forget(connection: Connection): void {
    connections.delete(connection);
    if (connections.size > 0) return;
    const resolvers = whenEmpty;
    whenEmpty = [];
    for (const resolve of resolvers) resolve();
  }

  function sweep(): void {
    const now = performance.now();
    for (const connection of connections) connection.sweep(now);
  }

  return {
    handleUpgrade,
    stats() {
      let runningCalls = 0;
      let subscriptions = 0;
      let bufferedBytes = 0;
      for (const connection of connections) {
        runningCalls += connection.running;
        subscriptions += connection.subscriptions;
        bufferedBytes += connection.bufferedBytes;
      }
      return { sockets: connections.size, runningCalls, subscriptions, bufferedBytes };
    },
    drain() {
      draining = true;
      clearInterval(sweeper);
      if (connections.size === 0) return Promise.resolve();
      for (const connection of connections) {
        setTimeout(() => connection.sendAway(), Math.random() * limits.drainJitterMs);
      }
      return new Promise((resolve) => whenEmpty.push(resolve));
    },
    close() {
      draining = true;
      clearInterval(sweeper);
      for (const connection of connections) connection.terminate();
    },
  };
}

/** Fine enough that no wait is off by more than a quarter; at most once a second by default. */
function sweepInterval({ firstFrameMs, pingIntervalMs, pongWaitMs }: WebSocketLimits): number {
  return Math.max(20, Math.min(1000, firstFrameMs / 4, pingIntervalMs / 4, pongWaitMs / 4));
}

function announcesParams(url: string): boolean {
  const query = url.indexOf('?');
  return query !== -1 && new URLSearchParams(url.slice(query + 1)).get('connectionParams') === '1';
}

function rejectUpgrade(socket: Duplex, refusal: Refusal, requestId: string): void {
  const shape = toShape(refusal, { procedureType: 'unknown', path: undefined, requestId });
  const { httpStatus } = shape.data;
  const body = JSON.stringify({ error: shape });
  // The peer may be gone already, which is all the same to us.
  socket.on('error', () => {});
  socket.end(
    [
      `HTTP/1.1 ${httpStatus} ${STATUS_CODES[httpStatus]}`,
      'connection: close',
      'content-type: application/json',
      `content-length: ${Buffer.byteLength(body)}`,
      `x-request-id: ${requestId}`,
      'retry-after: 1',
      '',
      body,
    ].join('\r\n'),
    // The sockets of node:http may stay half-open, which would leave it to the client when this one is freed.
    () => socket.destroy(),
  );
}
