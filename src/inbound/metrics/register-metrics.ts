import { digestContract } from '../../contract/contract-digest.ts';
import type { ContractSnapshot } from '../../contract/snapshot.ts';
import { packageVersion } from '../../lib/package-version.ts';
import type { CallerCost } from '../../pipeline/caller-cost.ts';
import {
  createGatewayMetrics,
  type GatewayCounters,
} from '../../telemetry/metrics/gateway-metrics.ts';
import type { Metrics } from '../../telemetry/metrics/metrics.ts';
import { redisFamilies } from '../../telemetry/metrics/redis-meter.ts';
import { type RequestCounts, requestFamilies } from '../../telemetry/metrics/request-counts.ts';
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
  readonly droppedLines: () => number;
  readonly tracing: Tracing | undefined;
  readonly requests: RequestCounts;
}

/** Joins the running gateway to its metrics page; without metrics, what would be told goes nowhere. */
export function registerMetrics(
  metrics: Metrics | undefined,
  { snapshot, upstreams, cost, fronts, draining, droppedLines, tracing, requests }: MeteredParts,
): GatewayCounters {
  if (metrics === undefined)
    return { batch() {}, refusal() {}, refusedRequest() {}, authenticated() {} };
  metrics.add(
    upstreamFamilies(() =>
      [...upstreams()].map(({ upstream, meter }) => ({
        name: upstream.name,
        meter,
        retriesLeft: upstream.retriesLeft,
        endpoints: upstream.read(),
      })),
    ),
  );
  if (cost.redis !== undefined) metrics.add(redisFamilies(cost.redis));
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
    droppedLines,
  });
}
