import { parse } from 'node:path';
import type { Config, UpstreamConfig } from '../config/schema.ts';

/**
 * The configuration of one of `server.workers`: what the gateway as a whole promises to callers and
 * backends is divided between them, since each counts for itself. What protects a process (its body sizes,
 * sockets, running calls) stays as it is, and limits by rate are divided where they are enforced, for
 * contracts set them too.
 */
export function configOfWorker(config: Config, number: number): Config {
  const { workers } = config.server;
  const part = (whole: number) => Math.max(1, Math.floor(whole / workers));
  const { rateLimits, cache, auth } = config;
  const { concurrency } = rateLimits;
  const { file } = auth.audit;
  return {
    ...config,
    rateLimits: {
      ...rateLimits,
      maxBuckets: part(rateLimits.maxBuckets),
      concurrency: {
        calls: part(concurrency.calls),
        streams: part(concurrency.streams),
        sockets: part(concurrency.sockets),
      },
    },
    cache: { ...cache, memory: part(cache.memory) },
    auth: {
      ...auth,
      audit: {
        ...auth.audit,
        // One file has one writer, or they would put it aside under each other's hands.
        file: file && { ...file, path: pathOfWorker(file.path, number) },
      },
    },
    upstreams: Object.fromEntries(
      Object.entries(config.upstreams).map(([name, upstream]) => [name, share(upstream, part)]),
    ),
  };
}

function share(upstream: UpstreamConfig, part: (whole: number) => number): UpstreamConfig {
  const { queue } = upstream;
  if (queue === undefined) return upstream;
  const { maxInFlight, maxPending } = queue;
  return {
    ...upstream,
    queue: {
      ...queue,
      maxInFlight: maxInFlight === undefined ? undefined : part(maxInFlight),
      maxPending: part(maxPending),
    },
  };
}

/** `audit.jsonl` becomes `audit-worker-2.jsonl`. */
function pathOfWorker(path: string, number: number): string {
  const { dir, name, ext } = parse(path);
  return `${dir}${dir === '' ? '' : '/'}${name}-worker-${number}${ext}`;
}
