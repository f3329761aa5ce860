import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { TrpcCode } from '../../procedures/error-shape.ts';
import { InFlight } from '../../ratelimit/in-flight.ts';
import { addressOwner } from '../../ratelimit/owner.ts';
import { type FrontOptions, tcpPeerOf } from '../front-options.ts';
import { toOriginForm } from '../origin-form.ts';
import { Refusal, toShape } from '../refusal.ts';
import { chooseRequestId } from '../request-id.ts';
import { UnfinishedBodies } from '../unfinished-bodies.ts';
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

/**
 * What a socket brought at once is kept as it came until the frame is whole, and costs some 200 bytes beside.
 * Networks bring more than a kilobyte; a caller who sends byte by byte must not make a megabyte cost two hundred.
 */
const SMALLEST_CHUNK_BYTES = 512;
const MOST_SMALL_CHUNKS = 64;

export function createTrpcWebSocketFront(options: TrpcWebSocketFrontOptions): TrpcWebSocketFront {
  const limits: WebSocketLimits = { ...DEFAULT_WEBSOCKET_LIMITS, ...options.limits };
  const peerOf = options.peerOf ?? tcpPeerOf;
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    // Compression keeps some 300 KB of windows for every socket.
    perMessageDeflate: false,
    maxPayload: limits.maxPayloadBytes,
    maxBufferedChunks: Math.ceil(limits.maxPayloadBytes / SMALLEST_CHUNK_BYTES) + MOST_SMALL_CHUNKS,
  });
  const { unfinished = new UnfinishedBodies() } = options;
  const connections = new Set<Connection>();
  const held = new InFlight(limits.maxSocketsPerAddress);
  let whenEmpty: (() => void)[] = [];
  let draining = false;
  const sweeper = setInterval(sweep, sweepInterval(limits)).unref();

  function refuse(request: IncomingMessage, socket: Duplex, refusal: Refusal): void {
    const peer = peerOf(request);
    const requestId = chooseRequestId(request, peer, options.newRequestId);
    const status = rejectUpgrade(socket, refusal, requestId);
    options.onUpgrade?.(status);
    tellOfRefusal(request, refusal.code, requestId);
  }

  function tellOfRefusal(request: IncomingMessage, reason: TrpcCode, requestId: string): void {
    options.onRefused?.({
      reason,
      requestId,
      wire: 'websocket',
      address: peerOf(request).address,
      path: toOriginForm(request.url ?? '/'),
    });
  }

  function handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (draining || connections.size >= limits.maxSockets) {
      const why = draining
        ? 'The gateway is shutting down.'
        : `The gateway serves ${limits.maxSockets} sockets already.`;
      refuse(
        request,
        socket,
        new Refusal('SERVICE_UNAVAILABLE', `${why} Try again shortly.`, 1000),
      );
      return;
    }
    const { headers } = request;
    const peer = peerOf(request);
    const holder = addressOwner(peer.address);
    if (!held.acquire(holder)) {
      const why = `Your address holds ${limits.maxSocketsPerAddress} sockets, and no more are allowed.`;
      refuse(request, socket, new Refusal('TOO_MANY_REQUESTS', why));
      return;
    }
    socket.once('close', () => held.release(holder));
    const awaitsParams = announcesParams(request.url ?? '');
    let taken = false;
    server.handleUpgrade(request, socket, head, (webSocket) => {
      taken = true;
      const connection = new Connection(webSocket, socket, {
        front: options,
        limits,
        peer,
        headers,
        awaitsParams,
        unfinished,
        onClosed: forget,
      });
      connections.add(connection);
      if (draining) connection.sendAway();
    });
    if (taken) options.onUpgrade?.(101);
    // `ws` has answered a handshake that is none (RFC 6455 4.2.1) with a status of its own.
    else if (!socket.destroyed) {
      options.onUpgrade?.(400);
      tellOfRefusal(request, 'BAD_REQUEST', options.newRequestId());
    }
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
        // The sockets keep the process; a timer would also where they are dropped before it fires.
        setTimeout(() => connection.sendAway(), Math.random() * limits.drainJitterMs).unref();
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

/** Gives back the status that it answered. */
function rejectUpgrade(socket: Duplex, refusal: Refusal, requestId: string): number {
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
  return httpStatus;
}
