import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { createAuth } from './auth/create-auth.ts';
import type { Config } from './config/schema.ts';
import { loadContracts } from './contract/load-contracts.ts';
import { createAssets } from './inbound/assets.ts';
import { createAuthFront } from './inbound/auth/auth-front.ts';
import { createPeerOf } from './inbound/client-address.ts';
import { createCors } from './inbound/cors.ts';
import type { FrontOptions } from './inbound/front-options.ts';
import { createHealth } from './inbound/health.ts';
import { createTrpcHttpFront } from './inbound/http/http-front.ts';
import { createListener } from './inbound/listener.ts';
import {
  createMetricsFront,
  type MetricsListener,
  openMetricsListener,
} from './inbound/metrics/metrics-front.ts';
import { registerMetrics } from './inbound/metrics/register-metrics.ts';
import { toOriginForm } from './inbound/origin-form.ts';
import { createRequestIds } from './inbound/request-id.ts';
import { setSecurityHeaders } from './inbound/security-headers.ts';
import { createTrpcWebSocketFront } from './inbound/websocket/websocket-front.ts';
import { packageVersion } from './lib/package-version.ts';
import { UserError } from './lib/user-error.ts';
import { createCallerCost } from './pipeline/caller-cost.ts';
import { createCallLog } from './pipeline/log-call.ts';
import { bindMeters } from './pipeline/method-meters.ts';
import { createPipeline } from './pipeline/pipeline.ts';
import { recordRefusal } from './pipeline/record-refusal.ts';
import { createProcedures } from './procedures/create-procedures.ts';
import { createMetadataRules } from './procedures/metadata-rules.ts';
import type { ProcedureTable } from './procedures/procedure.ts';
import { createRenewProcedure, RENEW_PATH } from './procedures/renew-procedure.ts';
import { Metrics } from './telemetry/metrics/metrics.ts';
import { UpstreamMeter } from './telemetry/metrics/upstream-meter.ts';
import type { ModuleLogs } from './telemetry/module-logs.ts';
import { createTracing } from './telemetry/traces/tracing.ts';
import { createTranscoder } from './transcode/transcoder.ts';
import { countUpstreamEvents } from './upstream/count-upstream-events.ts';
import { logUpstreamEvents } from './upstream/log-upstream-events.ts';
import { createUpstream, type Upstream } from './upstream/upstream.ts';
import { requireSoundRules } from './validation/require-sound-rules.ts';

export interface GatewayOptions {
  readonly config: Config;
  readonly logs: ModuleLogs;
}

export interface Gateway {
  /** The procedures now served; a router for `createCaller` or another adapter is made from them. */
  readonly procedures: ProcedureTable;
  /** @throws UserError when the address cannot be had. */
  listen(): Promise<{ readonly url: string }>;
  /** Takes no new connection, lets running calls finish within the configured grace, then ends. */
  close(): Promise<void>;
}

/**
 * Builds the whole gateway from its configuration; nothing else constructs its parts.
 * @throws UserError when contracts or configuration cannot work.
 */
export async function createGateway({ config, logs }: GatewayOptions): Promise<Gateway> {
  const { root: log } = logs;
  const snapshot = await loadContracts(config.contracts);
  const tracing = createTracing(config.telemetry.traces, packageVersion());
  const metrics = config.telemetry.metrics.enabled ? new Metrics() : undefined;
  const upstreams = new Map<string, Upstream>();
  const metered: { readonly upstream: Upstream; readonly meter: UpstreamMeter }[] = [];
  for (const [name, upstream] of Object.entries(config.upstreams)) {
    const meter = new UpstreamMeter();
    const events = countUpstreamEvents(meter, logUpstreamEvents(logs.of('upstream'), name));
    const created = await createUpstream({ name, config: upstream, events });
    upstreams.set(name, created);
    metered.push({ upstream: created, meter });
  }
  const auth = createAuth(config.auth, config.redis, logs.of('auth'));
  const callerCost = createCallerCost({
    config,
    onLimiterChange: ({ mode, reason }) =>
      logs.of('limits')[reason === undefined ? 'info' : 'warn']({ mode, reason }, 'rate limits'),
  });
  let draining = false;
  const counters = registerMetrics(metrics, {
    snapshot,
    upstreams: () => metered,
    cost: callerCost,
    http: () => httpFront,
    webSocket: () => webSocketFront,
    draining: () => draining,
    droppedLines: () => logs.dropped,
    tracing,
  });
  const onRefused = recordRefusal(auth.audit, counters);
  const contractProcedures = createProcedures({
    snapshot,
    transcoder: createTranscoder(snapshot.registry, {
      maxInputDepth: config.limits.maxDepth,
      maxStringLength: config.limits.maxString,
    }),
    validator: requireSoundRules(snapshot),
    upstreams,
    pipeline: createPipeline({
      config,
      cost: callerCost.forSnapshot(snapshot),
      record: {
        report: createCallLog(logs.of('calls'), config.log),
        meterOf: bindMeters(snapshot, metrics),
        tracer: tracing?.calls,
      },
      authenticate: { ...auth, onRefused },
      authorise: { ...auth, onRefused },
    }),
    metadata: createMetadataRules(config.metadata),
  });
  const procedures: ProcedureTable = new Map([
    ...contractProcedures,
    [RENEW_PATH, createRenewProcedure(auth)],
  ]);

  const newRequestId = createRequestIds();
  const { limits } = config;
  const peerOf = createPeerOf(config.server.trustedProxies);
  const frontOptions: FrontOptions = {
    procedures: () => procedures,
    newRequestId,
    peerOf,
    log: (level, message, fields) => logs.of('inbound')[level](fields, message),
    onBatch: counters.batch,
    tracer: tracing?.calls,
  };
  const { sse, webSocket } = config.server;
  const httpFront = createTrpcHttpFront({
    ...frontOptions,
    limits: {
      maxBatchLength: limits.maxBatch,
      maxBodyBytes: limits.maxBody,
      maxUrlBytes: limits.maxUrl,
      maxRunningCalls: limits.maxConcurrentCalls,
      compressFromBytes: config.server.compressFrom,
      readTimeoutMs: limits.readTimeout,
    },
    sse: {
      pingIntervalMs: sse.ping,
      // Two pings may be lost or late before the client gives the stream up.
      reconnectAfterInactivityMs: 3 * sse.ping,
      maxDurationMs: sse.maxDuration,
      maxBufferedBytes: limits.maxBufferedPerSocket,
      maxSubscriptions: limits.maxSubscriptions,
      drainJitterMs: config.server.drainJitter,
    },
  });
  const webSocketFront = createTrpcWebSocketFront({
    ...frontOptions,
    limits: {
      maxSockets: limits.maxSockets,
      maxSocketsPerAddress: config.rateLimits.concurrency.sockets,
      maxSubscriptionsPerSocket: limits.maxSubscriptionsPerSocket,
      maxCallsPerSocket: limits.maxCallsPerSocket,
      maxBatchLength: webSocket.maxBatch,
      firstFrameMs: webSocket.firstFrame,
      pingIntervalMs: webSocket.ping,
      pongWaitMs: webSocket.pongWait,
      maxPayloadBytes: limits.maxBody,
      maxBufferedBytes: limits.maxBufferedPerSocket,
      drainJitterMs: config.server.drainJitter,
      closeAfterNoticeMs: config.server.drainJitter,
    },
  });
  const answerHealth = createHealth({
    upstreams: () => upstreams.values(),
    limiter: () => callerCost.limiter.status,
    timeoutMs: config.health.timeout,
    isDraining: () => draining,
  });
  const { origins, credentials, maxAge } = config.cors;
  const cors = createCors({ origins, credentials, maxAgeMs: maxAge });
  const handleAuth = createAuthFront({
    ...auth,
    accessControl: config.auth.mode,
    cookies: {
      secure: config.auth.builtIn?.cookies.secure ?? true,
      domain: config.auth.builtIn?.cookies.domain,
    },
    peerOf,
    newRequestId,
  });
  const { metrics: metricsConfig } = config.telemetry;
  const answerMetrics = metrics && createMetricsFront(metrics, log);
  const serveAsset = createAssets(config.assets);
  const onMain = metrics !== undefined && metricsConfig.listen === undefined;
  let metricsListener: MetricsListener | undefined;
  const trpcPrefix = `${config.server.trpcPath}/`;

  function route(request: IncomingMessage, response: ServerResponse): void {
    const url = toOriginForm(request.url ?? '/');
    // The rest reads it from the request.
    request.url = url;
    // Browsers name the origin of every page that is not Weir's own; nobody else pays for this.
    if (request.headers.origin !== undefined && cors.handle(request, response)) return;
    if (url.startsWith(trpcPrefix)) {
      httpFront.handle(request, response, url.slice(trpcPrefix.length));
      return;
    }
    setSecurityHeaders(response, config.server.tls !== undefined);
    if (handleAuth(request, response, pathOf(url))) return;
    if (pathOf(url) === '/health') {
      answerHealth(request, response).catch((error: unknown) => {
        log.error({ err: error }, 'health check failed');
        response.destroy();
      });
    } else if (onMain && pathOf(url) === metricsConfig.path) {
      answerMetrics?.(request, response);
    } else if (!serveAsset(request, response)) {
      response
        .writeHead(404, { 'content-type': 'text/plain' })
        .end(`Nothing is here. Procedures are under ${trpcPrefix}<path>.\n`);
    }
  }

  // Node's own limit on headers guards the URL too, so it must not be the smaller one.
  const bounds = {
    maxHeadBytes: limits.maxUrl + 16_384,
    headTimeoutMs: limits.headTimeout,
    bodyTimeoutMs: limits.bodyTimeout,
  };
  const server = createListener(config.server.tls, bounds, route);
  server.on('upgrade', (request, socket, head) => {
    if (pathOf(toOriginForm(request.url ?? '/')) !== config.server.trpcPath) {
      refuseUpgrade(socket, '404 Not Found');
    } else if (!cors.allowsUpgrade(request)) {
      refuseUpgrade(socket, '403 Forbidden');
    } else {
      webSocketFront.handleUpgrade(request, socket, head);
    }
  });

  async function listen(): Promise<{ url: string }> {
    await auth.start();
    // Until gateways agree through Redis, each of them would admit as if it were alone.
    await callerCost.limiter.ready(LIMITER_READY_MS);
    const { host, port } = config.server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', (cause) => {
        const message = `Cannot listen on ${host}:${port}: ${cause.message}. Free it, or set server.host and server.port.`;
        reject(new UserError(message, [], { cause }));
      });
      server.listen(port, host, resolve);
    });
    if (answerMetrics !== undefined && metricsConfig.listen !== undefined) {
      const { listen: at, path } = metricsConfig;
      metricsListener = await openMetricsListener(at, path, answerMetrics);
      log.info({ url: `${metricsListener.url}${path}` }, 'metrics');
    }
    return { url: toUrl(server.address(), config.server.tls !== undefined) };
  }

  async function close(): Promise<void> {
    draining = true;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    const grace = new AbortController();
    const overdue = setTimeout(() => grace.abort(), config.server.shutdownGrace);
    await Promise.race([
      Promise.all([httpFront.drain(), webSocketFront.drain()]),
      new Promise((resolve) => grace.signal.addEventListener('abort', resolve)),
    ]);
    clearTimeout(overdue);
    webSocketFront.close();
    server.closeAllConnections();
    await closed;
    await Promise.all([...upstreams.values()].map((upstream) => upstream.close(0)));
    await auth.close();
    await callerCost.close();
    await tracing?.close();
    await metricsListener?.close();
  }

  return { procedures, listen, close };
}

/** A gateway whose Redis is not there serves all the same, as `rateLimits.whenRedisGone` says. */
const LIMITER_READY_MS = 2_000;

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

function toUrl(address: AddressInfo | string | null, overTls: boolean): string {
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return `${overTls ? 'https' : 'http'}://${host}:${address.port}`;
}
