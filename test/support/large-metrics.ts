import { EndpointMeter } from '../../src/telemetry/metrics/endpoint-meter.ts';
import { Metrics } from '../../src/telemetry/metrics/metrics.ts';
import { upstreamFamilies } from '../../src/telemetry/metrics/upstream-families.ts';
import { UpstreamMeter } from '../../src/telemetry/metrics/upstream-meter.ts';

/** What a large deployment counts: a thousand methods that ended in three ways, and a hundred endpoints. */
export function createLargeMetrics(): Metrics {
  const metrics = new Metrics();
  for (let index = 0; index < 1_000; index++) {
    const meter = metrics.method(`package.v1.service${index}.method`, true);
    for (const code of [undefined, 'NOT_FOUND', 'UNAVAILABLE'] as const) {
      meter.started();
      meter.ended({
        transport: 'http',
        code,
        fallback: undefined,
        ownFailure: false,
        durationMs: 2.5,
        requestBytes: 6,
        responseBytes: 40,
        traceId: '0af7651916cd43dd8448eb211c80319c',
      });
    }
  }
  const endpoints = Array.from({ length: 100 }, (_, index) => ({
    address: `10.0.0.${index}:50051`,
    breaker: 'closed',
    health: 'healthy',
    ejected: false,
    available: true,
    inFlight: 0,
    meter: new EndpointMeter(),
  }));
  const upstream = {
    name: 'market',
    meter: new UpstreamMeter(),
    retriesLeft: 100,
    pending: 0,
    concurrencyLimit: 50,
    services: [{ service: 'market.v1.QuoteService', breaker: 'closed' }],
    endpoints,
  };
  metrics.add(upstreamFamilies(() => [upstream]));
  return metrics;
}
