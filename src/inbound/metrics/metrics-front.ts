import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { shareNext } from '../../lib/share-next.ts';
import type { Log } from '../../telemetry/log.ts';
import { CONTENT_TYPES, chooseFormat } from '../../telemetry/metrics/exposition.ts';
import type { Metrics } from '../../telemetry/metrics/metrics.ts';
import { type ListenAddress, listen } from '../listen.ts';
import type { WatchRequest } from '../watch-requests.ts';

/** Answers a scrape. */
export function createMetricsFront(metrics: Pick<Metrics, 'page'>, log: Log) {
  // A page of a large contract stops the event loop for tens of milliseconds, whoever asks for it.
  const pages = {
    text: shareNext(() => metrics.page('text')),
    openMetrics: shareNext(() => metrics.page('openMetrics')),
  };
  return function answerMetrics(request: IncomingMessage, response: ServerResponse): void {
    if (request.method !== 'GET') {
      response.writeHead(405, { allow: 'GET' }).end();
      return;
    }
    const format = chooseFormat(request.headers.accept);
    const headers = { 'content-type': CONTENT_TYPES[format], 'cache-control': 'no-store' };
    pages[format]().then(
      (page) => response.writeHead(200, headers).end(page),
      (error: unknown) => {
        log.error({ err: error }, 'the metrics page failed');
        response.destroy();
      },
    );
  };
}

export interface MetricsListener {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * A listener that has nothing but the metrics.
 * @throws UserError when the address cannot be had.
 */
export async function openMetricsListener(
  address: ListenAddress,
  path: string,
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  watch: WatchRequest,
): Promise<MetricsListener> {
  const server = createServer((request, response) => {
    const [target = ''] = (request.url ?? '').split('?');
    watch(target === path ? 'metrics' : 'unknown', request, response, target);
    if (target === path) answer(request, response);
    else response.writeHead(404).end();
  });
  const url = await listen(server, 'http', address, 'telemetry.metrics.listen');
  return { url, close: () => closeServer(server) };
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
