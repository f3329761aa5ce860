import { digestContract } from '../../contract/contract-digest.ts';
import type { ContractSnapshot } from '../../contract/snapshot.ts';
import { packageVersion } from '../../lib/package-version.ts';
import type { CallerCost } from '../../pipeline/caller-cost.ts';
import {
  createGatewayMetrics,
  type GatewayCounters,
} from '../../telemetry/metrics/gateway-metrics.ts';
import { type LoadReading, loadFamilies } from '../../telemetry/metrics/load-families.ts';
import type { Metrics } from '../../telemetry/metrics/metrics.ts';
import { type RedisMeter, redisFamilies } from '../../telemetry/metrics/redis-meter.ts';
import { type RequestCounts, requestFamilies } from '../../telemetry/metrics/request-counts.ts';
import { type ServedService, serviceFamilies } from '../../telemetry/metrics/service-families.ts';
import { traceFamilies } from '../../telemetry/metrics/trace-families.ts';
import { upstreamFamilies } from '../../telemetry/metrics/upstream-families.ts';
import type { Tracing } from '../../telemetry/traces/tracing.ts';
import type { MeteredUpstream } from '../../upstream/create-upstreams.ts';
import type { TrpcFronts } from '../trpc-fronts.ts';

/** The parts that the metrics are read from; functions, because some come to be after the metrics. */
export interface MeteredParts {
  readonly snapshot: ContractSnapshot;
  readonly upstreams: () => Iterable<MeteredUpstream>;
  readonly cost: CallerCost;
  readonly fronts: () => TrpcFronts;
  readonly draining: () => boolean;
  readonly unfinishedBytes: () => number;
  readonly droppedLines: () => number;
  readonly tracing: Tracing | undefined;
  readonly requests: RequestCounts;
  readonly authRedis: RedisMeter | undefined;
  readonly load: () => LoadReading;
}

/** Joins the running gateway to its metrics page; without metrics, what would be told goes nowhere. */
export function registerMetrics(
  metrics: Metrics | undefined,
  {
    snapshot,
    upstreams,
    cost,
    fronts,
    draining,
    unfinishedBytes,
    droppedLines,
    tracing,
    requests,
    authRedis,
    load,
  }: MeteredParts,
): GatewayCounters {
  if (metrics === undefined)
    return { batch() {}, refusal() {}, refusedRequest() {}, authenticated() {}, dropped() {} };
  const readUpstreams = () =>
    [...upstreams()].map(({ upstream, meter }) => ({
      name: upstream.name,
      meter,
      retriesLeft: upstream.retriesLeft,
      pending: upstream.gate?.pending ?? 0,
      concurrencyLimit: upstream.gate?.limit,
      services: upstream.services,
      endpoints: upstream.read(),
    }));
  metrics.add(upstreamFamilies(readUpstreams));
  metrics.add(serviceFamilies(servedBy(snapshot), readUpstreams));
  metrics.add(
    redisFamilies({
      ...(cost.redis && { calls: cost.redis }),
      ...(authRedis && { auth: authRedis }),
    }),
  );
  metrics.add(loadFamilies(load));
  metrics.add(requestFamilies(requests));
  if (tracing !== undefined) metrics.add(traceFamilies(tracing));
  return createGatewayMetrics(metrics.registry, {
    version: packageVersion(),
    contract: { digest: digestContract(snapshot.registry), methods: snapshot.methods.size },
    sockets: () => fronts().webSocket.stats(),
    sseStreams: () => fronts().http.subscriptions,
    sseBufferedBytes: () => fronts().http.bufferedBytes,
    decisions: () => cost.decisions,
    cache: () => cost.answers,
    limiter: () => cost.limiter.status,
    draining,
    unfinishedBytes,
    droppedLines,
  });
}

function servedBy({ methods }: Pick<ContractSnapshot, 'methods'>): readonly ServedService[] {
  const served = new Map<string, ServedService>();
  for (const { descriptor, upstream } of methods.values()) {
    const { typeName: service } = descriptor.parent;
    served.set(`${service} ${upstream}`, { service, upstream });
  }
  return [...served.values()];
}
