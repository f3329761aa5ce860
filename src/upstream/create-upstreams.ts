import type { Config } from '../config/schema.ts';
import { UpstreamMeter } from '../telemetry/metrics/upstream-meter.ts';
import type { ModuleLogs } from '../telemetry/module-logs.ts';
import { countUpstreamEvents } from './count-upstream-events.ts';
import { logUpstreamEvents } from './log-upstream-events.ts';
import { createUpstream, type Upstream } from './upstream.ts';

export interface MeteredUpstream {
  readonly upstream: Upstream;
  readonly meter: UpstreamMeter;
}

/** The configured upstreams by name, each with its counters and its log lines. */
export async function createUpstreams(
  configs: Config['upstreams'],
  logs: ModuleLogs,
): Promise<ReadonlyMap<string, MeteredUpstream>> {
  const created = new Map<string, MeteredUpstream>();
  // One that cannot be made must not leave the connections of the others open.
  await using unfinished = new AsyncDisposableStack();
  for (const [name, config] of Object.entries(configs)) {
    const meter = new UpstreamMeter();
    const events = countUpstreamEvents(meter, logUpstreamEvents(logs.of('upstream'), name));
    const upstream = await createUpstream({ name, config, events });
    unfinished.defer(() => upstream.close(0));
    created.set(name, { upstream, meter });
  }
  unfinished.move();
  return created;
}
