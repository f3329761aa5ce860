import type { IncomingMessage } from 'node:http';
import { createAdmin } from './admin/create-admin.ts';
import { createAuth } from './auth/create-auth.ts';
import type { Config } from './config/schema.ts';
import { loadContracts } from './contract/load-contracts.ts';
import { createAssets } from './inbound/assets.ts';
import { createAuthFront } from './inbound/auth/auth-front.ts';
import { createPeerOf } from './inbound/client-address.ts';
import { createCors } from './inbound/cors.ts';
import { createHealth } from './inbound/health.ts';
import { listen as listenAt } from './inbound/listen.ts';
import { createListener } from './inbound/listener.ts';
import {
  createMetricsFront,
  type MetricsListener,
  openMetricsListener,
} from './inbound/metrics/metrics-front.ts';
import { registerMetrics } from './inbound/metrics/register-metrics.ts';
import { trackSockets } from './inbound/open-sockets.ts';
import { createProbes } from './inbound/probes.ts';
import { refuseUnreadable } from './inbound/refuse-unreadable.ts';
import { reportRefusals } from './inbound/report-refusal.ts';
import { chooseRequestId, createRequestIds } from './inbound/request-id.ts';
import { at, createRequestRouter } from './inbound/request-router.ts';
import { createTrpcFronts } from './inbound/trpc-fronts.ts';
import { UnfinishedBodies } from './inbound/unfinished-bodies.ts';
import { createWatchRequests } from './inbound/watch-requests.ts';
import { packageVersion } from './lib/package-version.ts';
import { createCallerCost } from './pipeline/caller-cost.ts';
import { watchLoad } from './pipeline/load-shedder.ts';
import { createCallLog } from './pipeline/log-call.ts';
import { bindMeters } from './pipeline/method-meters.ts';
import { createPipeline } from './pipeline/pipeline.ts';
import { recordRefusal } from './pipeline/record-refusal.ts';
import { requireKnownNames } from './pipeline/require-known-names.ts';
import { createProcedures } from './procedures/create-procedures.ts';
import { createMetadataRules } from './procedures/metadata-rules.ts';
import type { ProcedureTable } from './procedures/procedure.ts';
import { createRenewProcedure, RENEW_METHOD, RENEW_PATH } from './procedures/renew-procedure.ts';
import type { LimiterStatus } from './ratelimit/create-limiter.ts';
import { Metrics } from './telemetry/metrics/metrics.ts';
import { RequestCounts } from './telemetry/metrics/request-counts.ts';
import type { ModuleLogs } from './telemetry/module-logs.ts';
import { createTracing } from './telemetry/traces/tracing.ts';
import { createTranscoder } from './transcode/transcoder.ts';
import { warmUpTranscoder } from './transcode/warm-up.ts';
import { createUpstreams } from './upstream/create-upstreams.ts';
import { requireSoundRules } from './validation/require-sound-rules.ts';
import type { Siblings } from './workers/siblings.ts';

export interface GatewayOptions {
  readonly config: Config;
  readonly logs: ModuleLogs;
  /** Where it is one of several processes that serve as one gateway. */
  readonly siblings?: Siblings;
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
export async function createGateway({ config, logs, siblings }: GatewayOptions): Promise<Gateway> {
  const { root: log } = logs;
  const snapshot = await loadContracts(config.contracts);
  requireKnownNames(snapshot, config);
  // What a gateway that cannot be finished must let go of, or its process would not end.
  await using unfinished = new AsyncDisposableStack();
  const tracing = createTracing(config.telemetry.traces, packageVersion(), log);
  unfinished.defer(async () => tracing?.close());
  const metrics = config.telemetry.metrics.enabled ? new Metrics() : undefined;
  const metered = await createUpstreams(config.upstreams, logs);
  const upstreams = new Map([...metered].map(([name, { upstream }]) => [name, upstream]));
  const closeUpstreams = () =>
    Promise.all([...upstreams.values()].map((upstream) => upstream.close(0)));
  unfinished.defer(async () => void (await closeUpstreams()));
  const auth = createAuth(config.auth, config.redis, logs.of('auth'), siblings?.stores);
  unfinished.defer(() => auth.close());
  const tellLimiter = ({ mode, reason }: LimiterStatus) =>
    logs.of('limits')[reason === undefined ? 'info' : 'warn']({ mode, reason }, 'rate limits');
  const callerCost = createCallerCost({
    config,
    workers: siblings?.count ?? 1,
    onLimiterChange: tellLimiter,
  });
  unfinished.defer(() => callerCost.close());
  let draining = false;
  const requests = new RequestCounts();
  const bodies = new UnfinishedBodies(config.limits.maxUnfinished);
  const counters = registerMetrics(metrics, {
    snapshot,
    upstreams: () => metered.values(),
    cost: callerCost,
    fronts: () => fronts,
    draining: () => draining,
    unfinishedBytes: () => bodies.bytes,
    droppedLines: () => logs.dropped,
    tracing,
    requests,
    authRedis: auth.redis,
    load: () => load.shedder.read(),
  });
  const onRefused = recordRefusal(auth.audit, counters);
  warmUpTranscoder();
  const transcoder = createTranscoder(snapshot.registry, {
    maxInputDepth: config.limits.maxDepth,
    maxStringLength: config.limits.maxString,
  });
  const load = watchLoad(config.overload, (shed, reading) =>
    log.warn({ shed, ...reading }, shed.length === 0 ? 'load shedding ended' : 'shedding load'),
  );
  const pipeline = createPipeline({
    config,
    shedder: load.shedder,
    cost: callerCost.forSnapshot(snapshot, [RENEW_METHOD]),
    record: {
      report: createCallLog(logs.of('calls'), config.log),
      meterOf: bindMeters(snapshot, metrics),
      tracer: tracing?.calls,
    },
    authenticate: { ...auth, onRefused, onAuthenticated: counters.authenticated },
    authorise: { ...auth, onRefused },
    fallback: {
      toJson: ({ descriptor }, message) => transcoder.codec(descriptor.output).decode(message),
    },
  });
  const contractProcedures = createProcedures({
    snapshot,
    transcoder,
    validator: await requireSoundRules(snapshot),
    upstreams,
    pipeline,
    metadata: createMetadataRules(config.metadata),
  });
  const procedures: ProcedureTable = new Map([
    ...contractProcedures,
    [RENEW_PATH, createRenewProcedure({ ...auth, pipeline })],
  ]);

  const newRequestId = createRequestIds();
  const peerOf = createPeerOf(config.server.trustedProxies);
  const requestIdOf = (request: IncomingMessage) =>
    chooseRequestId(request, peerOf(request), newRequestId);
  const onRefusedRequest = reportRefusals(logs.of('calls'), counters.refusedRequest);
  const onUpgrade = (status: number) => requests.count('websocket', status);
  const watch = createWatchRequests({
    counts: requests,
    log: logs.of('inbound'),
    peerOf,
    readTimeoutMs: config.limits.readTimeout,
    onDropped: counters.dropped,
  });
  const fronts = createTrpcFronts(config, {
    unfinished: bodies,
    procedures: () => procedures,
    newRequestId,
    peerOf,
    log: (level, message, fields) => logs.of('inbound')[level](fields, message),
    onBatch: counters.batch,
    onDropped: counters.dropped,
    onRefused: onRefusedRequest,
    onUpgrade,
    tracer: tracing?.calls,
  });
  const answerHealth = createHealth({
    upstreams: () => upstreams.values(),
    limiter: () => callerCost.limiter.status,
    timeoutMs: config.health.timeout,
    details: config.health.details,
    isDraining: () => draining,
    workers: siblings && (() => ({ serving: siblings.serving, of: siblings.count })),
    log,
  });
  const { origins, credentials, maxAge } = config.cors;
  const cors = createCors({ origins, credentials, maxAgeMs: maxAge });
  const handleAuth = createAuthFront({
    ...auth,
    accessControl: config.auth.mode,
    unfinished: bodies,
    cookies: {
      secure: config.auth.builtIn?.cookies.secure ?? true,
      domain: config.auth.builtIn?.cookies.domain,
    },
    peerOf,
    requestIdOf,
  });
  const admin = createAdmin({
    ...auth,
    config,
    snapshot,
    upstreams: () => upstreams.values(),
    logs,
    peerOf,
    requestIdOf,
    siblings,
  });
  siblings?.answer({ read: async () => (await metrics?.read()) ?? [], ...admin.relay });
  const { metrics: metricsConfig } = config.telemetry;
  const answerMetrics = metrics && createMetricsFront(siblings ?? metrics, log);
  const onMain = answerMetrics !== undefined && metricsConfig.listen === undefined;
  let metricsListener: MetricsListener | undefined;

  const overTls = config.server.tls !== undefined;
  const { route, upgrade } = createRequestRouter({
    trpcPath: config.server.trpcPath,
    trpc: fronts,
    cors,
    overTls,
    handlers: [
      { route: 'auth', handle: handleAuth },
      { route: 'admin', handle: admin.handle },
      { route: 'health', handle: at('/health', answerHealth) },
      { route: 'health', handle: createProbes(() => draining) },
      ...(onMain
        ? [{ route: 'metrics', handle: at(metricsConfig.path, answerMetrics) } as const]
        : []),
      { route: 'assets', handle: createAssets(config.assets) },
    ],
    watch,
    peerOf,
    requestIdOf,
    onRefused: onRefusedRequest,
    onUpgrade,
  });
  const { limits } = config;
  // Node's own limit on headers guards the URL too, so it must not be the smaller one.
  const bounds = {
    maxHeadBytes: limits.maxUrl + 16_384,
    headTimeoutMs: limits.headTimeout,
    bodyTimeoutMs: limits.bodyTimeout,
  };
  const server = createListener(config.server.tls, bounds, route, {
    renewed: (files) => log.info({ files }, 'certificates of the server renewed'),
    failed: (error) =>
      log.warn({ err: error }, 'new certificates of the server are of no use; the old stay'),
  });
  server.on('upgrade', upgrade);
  refuseUnreadable(server, {
    newRequestId,
    onRefused: onRefusedRequest,
    onUnreadable: (status) => requests.count('unreadable', status),
  });
  const dropSockets = trackSockets(server);

  async function listen(): Promise<{ url: string }> {
    await auth.start();
    // Until gateways agree through Redis, each of them would admit as if it were alone.
    await callerCost.limiter.ready(LIMITER_READY_MS);
    const { status } = callerCost.limiter;
    if (status.reason !== undefined) tellLimiter(status);
    const scheme = overTls ? 'https' : 'http';
    const url = await listenAt(server, scheme, config.server, 'server.host and server.port');
    // Of several processes, the one that is not busy with calls has it.
    if (answerMetrics && metricsConfig.listen !== undefined && siblings === undefined) {
      const { listen: at, path } = metricsConfig;
      metricsListener = await openMetricsListener(at, path, answerMetrics, watch);
      log.info({ url: `${metricsListener.url}${path}` }, 'metrics');
    }
    return { url };
  }

  async function close(): Promise<void> {
    draining = true;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    const grace = new AbortController();
    const overdue = setTimeout(() => grace.abort(), config.server.shutdownGrace);
    await Promise.race([
      Promise.all([fronts.http.drain(), fronts.webSocket.drain()]),
      new Promise((resolve) => grace.signal.addEventListener('abort', resolve)),
    ]);
    clearTimeout(overdue);
    fronts.webSocket.close();
    server.closeAllConnections();
    dropSockets();
    await closed;
    await closeUpstreams();
    load.stop();
    // At once: each may wait a while for a Redis or a collector that does not answer.
    await Promise.all([
      auth.close(),
      callerCost.close(),
      tracing?.close(),
      metricsListener?.close(),
    ]);
  }

  unfinished.move();
  return { procedures, listen, close };
}

/** A gateway whose Redis is not there serves all the same, as `rateLimits.whenRedisGone` says. */
const LIMITER_READY_MS = 2_000;
