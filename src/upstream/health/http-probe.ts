import { get } from 'node:http';
import { parseEndpointAddress } from '../transport/endpoint-address.ts';
import type { HealthAnswer } from './serving-status.ts';

export interface HttpQuestion {
  readonly path: string;
  /** Default: the endpoint's own. */
  readonly port?: number | undefined;
}

/**
 * `GET path` over plain HTTP/1.1 on a connection of its own; any 2xx is healthy. Never rejects.
 * An endpoint on a Unix socket is asked there, with a `port` on loopback.
 */
export function askHttp(
  address: string,
  { path, port }: HttpQuestion,
  timeoutMs: number,
): Promise<HealthAnswer> {
  const { promise, resolve } = Promise.withResolvers<HealthAnswer>();
  const endpoint = parseEndpointAddress(address);
  const unhealthy = (reason: string) => resolve({ verdict: 'unhealthy', reason });
  const request = get(
    {
      ...toDestination(endpoint, port),
      path,
      agent: false,
      headers: { 'user-agent': 'weir-health-check' },
    },
    (response) => {
      const status = response.statusCode ?? 0;
      if (status >= 200 && status < 300) resolve({ verdict: 'healthy' });
      else unhealthy(`GET ${path} answered ${status}`);
      // The status is all that was asked for; a body may be endless.
      request.destroy();
    },
  );
  const overdue = setTimeout(() => {
    unhealthy(`GET ${path} was not answered in ${timeoutMs} ms`);
    request.destroy();
  }, timeoutMs).unref();
  request.on('error', (error) => unhealthy(`GET ${path}: ${error.message}`));
  request.on('close', () => clearTimeout(overdue));
  return promise;
}

function toDestination(
  endpoint: ReturnType<typeof parseEndpointAddress>,
  port: number | undefined,
): { socketPath: string } | { host: string; port: number } {
  if ('host' in endpoint) return { host: endpoint.host, port: port ?? endpoint.port };
  return port === undefined ? { socketPath: endpoint.path } : { host: '127.0.0.1', port };
}
