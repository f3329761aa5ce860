import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Peer } from '../pipeline/call.ts';
import { createLineBudget } from '../telemetry/line-budget.ts';
import type { Log } from '../telemetry/log.ts';
import type { RequestCounts, RequestRoute } from '../telemetry/metrics/request-counts.ts';
import { showPath } from '../telemetry/show-path.ts';
import { dropStoppedReader } from './drop-stopped-reader.ts';
import type { OnDropped } from './front-options.ts';

/** Told of each request that is no call, as soon as it is known where it goes. */
export type WatchRequest = (
  route: RequestRoute,
  request: IncomingMessage,
  response: ServerResponse,
  /** Without the query. */
  path: string,
) => void;

export interface WatchRequestsOptions {
  readonly counts: RequestCounts;
  readonly log: Log;
  readonly peerOf: (request: IncomingMessage) => Peer;
  /** How long a caller may take nothing of what is ready for him. */
  readonly readTimeoutMs: number;
  readonly onDropped?: OnDropped;
}

const MAX_LINES_PER_SECOND = 50;

/**
 * Counts each request when it is over and writes a line for it: at `debug` what went well, at `info` what the
 * caller did wrong, at `warn` what the gateway did. Who does not read his answer loses the connection.
 */
export function createWatchRequests({
  counts,
  log,
  peerOf,
  readTimeoutMs,
  onDropped,
}: WatchRequestsOptions): WatchRequest {
  const mayWrite = createLineBudget(MAX_LINES_PER_SECOND);

  return function watchRequest(route, request, response, path) {
    const startedAt = performance.now();
    const { method } = request;
    const { address } = peerOf(request);
    dropStoppedReader(request, response, readTimeoutMs, () => onDropped?.('http'));
    response.once('close', () => {
      const status = response.writableFinished ? response.statusCode : undefined;
      counts.count(route, status);
      const level = levelOf(status);
      if (!log.isLevelEnabled(level)) return;
      // Whoever wants `debug` wants all of it, and what went well must not use up the lines of what did not.
      if (level !== 'debug' && !mayWrite()) return;
      log[level](
        {
          requestId: response.getHeader('x-request-id'),
          route,
          method,
          path: showPath(path),
          status: status ?? 'cut',
          durationMs: Math.round((performance.now() - startedAt) * 1_000) / 1_000,
          address,
        },
        'request',
      );
    });
  };
}

function levelOf(status: number | undefined): 'debug' | 'info' | 'warn' {
  if (status === undefined) return 'info';
  if (status >= 500) return 'warn';
  return status >= 400 ? 'info' : 'debug';
}
