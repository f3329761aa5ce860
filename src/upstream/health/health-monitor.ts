import type { Random } from '../../lib/clock.ts';
import type { CheckedHealth, Endpoint } from '../endpoint.ts';
import { checkHealth, type EndpointHealth } from './check-health.ts';

export interface HealthMonitorOptions {
  readonly intervalMs: number;
  readonly timeoutMs: number;
  /** Answers in a row that make an endpoint unhealthy, or healthy again. */
  readonly unhealthyThreshold: number;
  readonly healthyThreshold: number;
  readonly random: Random;
  /** Default: `grpc.health.v1` over the endpoint's own transport. */
  readonly probe?: ((endpoint: Endpoint) => Promise<EndpointHealth>) | undefined;
  readonly onChange: (
    endpoint: Endpoint,
    health: CheckedHealth,
    reason: string | undefined,
  ) => void;
}

/** Asks one endpoint again and again until stopped. */
export interface HealthMonitor {
  stop(): void;
}

/** Intervals vary by ±20 %, so that many gateways do not ask one backend in step. */
export function startHealthMonitor(
  endpoint: Endpoint,
  options: HealthMonitorOptions,
): HealthMonitor {
  const probe =
    options.probe ??
    (({ transport, target }: Endpoint) =>
      checkHealth(transport, target.address, options.timeoutMs));
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let inRow = 0;

  async function ask(): Promise<void> {
    const { status, reason } = await probe(endpoint);
    if (stopped) return;
    take(status === 'SERVING' ? 'healthy' : 'unhealthy', reason ?? status);
    const jitter = 0.8 + 0.4 * options.random();
    timer = setTimeout(() => void ask(), options.intervalMs * jitter);
    timer.unref();
  }

  function take(answer: 'healthy' | 'unhealthy', reason: string | undefined): void {
    if (answer === endpoint.health) {
      inRow = 0;
      return;
    }
    inRow++;
    const threshold = answer === 'healthy' ? options.healthyThreshold : options.unhealthyThreshold;
    // The first answer counts at once: nothing is known yet that it could contradict.
    if (endpoint.health !== 'unknown' && inRow < threshold) return;
    const first = endpoint.health === 'unknown';
    inRow = 0;
    endpoint.health = answer;
    if (!first || answer === 'unhealthy') {
      options.onChange(endpoint, answer, answer === 'unhealthy' ? reason : undefined);
    }
  }

  void ask();
  return {
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
