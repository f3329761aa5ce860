import type { IncomingMessage, ServerResponse } from 'node:http';
import { shareNext } from '../lib/share-next.ts';
import type { LimiterStatus } from '../ratelimit/create-limiter.ts';
import type { Log } from '../telemetry/log.ts';
import type { EndpointHealth } from '../upstream/health/check-health.ts';
import type { Upstream } from '../upstream/upstream.ts';

export interface HealthOptions {
  readonly upstreams: () => Iterable<Upstream>;
  readonly limiter: () => LimiterStatus;
  /** How long one backend may take to answer. */
  readonly timeoutMs: number;
  readonly isDraining: () => boolean;
  /** Where several processes serve as one gateway. */
  readonly workers: (() => WorkerCounts) | undefined;
  /** Whether everybody may see addresses and reasons. */
  readonly details: boolean;
  readonly log: Pick<Log, 'error'>;
}

export interface WorkerCounts {
  readonly serving: number;
  readonly of: number;
}

export interface HealthReport {
  /**
   * `degraded`: the gateway works, and a backend's endpoint, the Redis for its limits or one of its
   * workers does not.
   */
  readonly status: 'ok' | 'degraded' | 'draining';
  readonly workers?: WorkerCounts;
  /** As this process sees them, where there are several. */
  readonly upstreams: Readonly<Record<string, readonly EndpointState[]>>;
  /** How limits are enforced now; with a `reason` when that is not as configured. */
  readonly rateLimits: Pick<LimiterStatus, 'mode'> | LimiterStatus;
}

/** Strangers learn how an endpoint is, and not where. */
type EndpointState = Pick<EndpointHealth, 'status'> | EndpointHealth;

/**
 * `GET /health`: the gateway and each backend by `grpc.health.v1`, as JSON. The status is 200 while the
 * gateway can take calls, for a gateway whose backend is down is itself in order, and 503 while it drains.
 */
export function createHealth(options: HealthOptions) {
  // Strangers may ask as often as they like, and each question is one to every endpoint.
  const reportShared = shareNext(report);

  async function report(): Promise<HealthReport> {
    const checked = await Promise.all(
      [...options.upstreams()].map(
        async (upstream) => [upstream.name, await upstream.checkHealth(options.timeoutMs)] as const,
      ),
    );
    const healthy = checked.every(([, endpoints]) =>
      endpoints.every(({ status }) => status === 'SERVING'),
    );
    const rateLimits = options.limiter();
    const workers = options.workers?.();
    const whole =
      healthy && rateLimits.reason === undefined && (!workers || workers.serving === workers.of);
    const own = workers === undefined ? {} : { workers };
    const status = options.isDraining() ? 'draining' : whole ? 'ok' : 'degraded';
    if (options.details)
      return { status, ...own, upstreams: Object.fromEntries(checked), rateLimits };
    const states = checked.map(
      ([name, endpoints]) => [name, endpoints.map(({ status }) => ({ status }))] as const,
    );
    const { mode } = rateLimits;
    return { status, ...own, upstreams: Object.fromEntries(states), rateLimits: { mode } };
  }

  return function answerHealth({ method }: IncomingMessage, response: ServerResponse): void {
    if (method !== 'GET' && method !== 'HEAD') {
      response.writeHead(405, { allow: 'GET, HEAD' }).end();
      return;
    }
    reportShared().then(
      (body) =>
        response
          .writeHead(body.status === 'draining' ? 503 : 200, {
            'content-type': 'application/json',
            'cache-control': 'no-store',
          })
          .end(JSON.stringify(body)),
      (error: unknown) => {
        options.log.error({ err: error }, 'health check failed');
        response.destroy();
      },
    );
  };
}
