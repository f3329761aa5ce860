import type { Config } from '../config/schema.ts';
import type { FrontOptions } from './front-options.ts';
import { createTrpcHttpFront, type TrpcHttpFront } from './http/http-front.ts';
import { createTrpcWebSocketFront, type TrpcWebSocketFront } from './websocket/websocket-front.ts';

export interface TrpcFronts {
  readonly http: TrpcHttpFront;
  readonly webSocket: TrpcWebSocketFront;
}

/** The same procedures over HTTP, SSE and WebSocket, within the limits of the configuration. */
export function createTrpcFronts(
  { server, limits, rateLimits }: Pick<Config, 'server' | 'limits' | 'rateLimits'>,
  options: FrontOptions,
): TrpcFronts {
  const { sse, webSocket } = server;
  // A socket is told to go within this time and closed within as much again: nobody is to be cut untold.
  const drainJitterMs = Math.min(server.drainJitter, server.shutdownGrace / 2);
  return {
    http: createTrpcHttpFront({
      ...options,
      limits: {
        maxBatchLength: limits.maxBatch,
        maxBodyBytes: limits.maxBody,
        maxUrlBytes: limits.maxUrl,
        maxRunningCalls: limits.maxConcurrentCalls,
        compressFromBytes: server.compressFrom,
        readTimeoutMs: limits.readTimeout,
      },
      sse: {
        pingIntervalMs: sse.ping,
        // Two pings may be lost or late before the client gives the stream up.
        reconnectAfterInactivityMs: 3 * sse.ping,
        maxDurationMs: sse.maxDuration,
        maxBufferedBytes: limits.maxBufferedPerSocket,
        maxSubscriptions: limits.maxSubscriptions,
        drainJitterMs,
      },
    }),
    webSocket: createTrpcWebSocketFront({
      ...options,
      limits: {
        maxSockets: limits.maxSockets,
        maxSocketsPerAddress: rateLimits.concurrency.sockets,
        maxSubscriptionsPerSocket: limits.maxSubscriptionsPerSocket,
        maxCallsPerSocket: limits.maxCallsPerSocket,
        maxBatchLength: webSocket.maxBatch,
        firstFrameMs: webSocket.firstFrame,
        pingIntervalMs: webSocket.ping,
        pongWaitMs: webSocket.pongWait,
        maxPayloadBytes: limits.maxBody,
        maxBufferedBytes: limits.maxBufferedPerSocket,
        drainJitterMs,
        closeAfterNoticeMs: drainJitterMs,
      },
    }),
  };
}
