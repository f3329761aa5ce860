import type { Config } from '../config/schema.ts';
import type { Call } from '../pipeline/call.ts';
import type { Metadata } from '../upstream/transport/transport.ts';

/** Which headers travel between callers and backends. All others stop at Weir. */
export interface MetadataRules {
  toBackend(call: Call): Metadata;
  toCaller(headers: Metadata, trailers: Metadata): Metadata;
}

const NONE: Metadata = [];

export function createMetadataRules(config: Config['metadata']): MetadataRules {
  const { request } = config;
  const response = new Set(config.response);

  function toBackend(call: Call): Metadata {
    const metadata: [string, string][] = [['x-request-id', call.id]];
    for (const name of request) {
      const value = call.headers[name];
      if (value === undefined) continue;
      if (typeof value === 'string') metadata.push([name, value]);
      else for (const each of value) metadata.push([name, each]);
    }
    return metadata;
  }

  function toCaller(headers: Metadata, trailers: Metadata): Metadata {
    if (response.size === 0) return NONE;
    return [...headers, ...trailers].filter(([name]) => response.has(name));
  }

  return { toBackend, toCaller };
}
